/* A picture whose answer no model guesses: `Number 4729`, black on white, as PDFium draws it. */

export const FIGURES = '4729';

const PNG = [
  'iVBORw0KGgoAAAANSUhEUgAAALoAAABKCAAAAAAp9xE0AAACsklEQVR4nO2aDY7cIAyFnV7JnMk+k30mfCYqMPmZbTOk7Uju',
  'Sn7SzpBAyGfzcKLRQvu2+gHfVokeoUSPUKJHKNEjlOgRSvQIJXqEEj1CiR6hRI9Qokco0SOU6BFK9Agt0LfNvGFbWU1V9rFr',
  'jaFWDvULtWxbUe8f7dVsy6zzU5w/EDuVHerRMBABjwQxA6HtcdxpiW6fZzdnwvk7OYIgqFEVqdj7VLFKrausrdAJ9Azedvfs',
  'CDpW+jcjzt4x3PS6+gXxcqRGBKAg/UD63N5GgfdpX2ZdLsGrr+H44s0KcylQmHm63LZSNh9uZfS6ibnwZacUp9wjZOyHtJ/r',
  'mwBGaPiv6N2Av+8pWCtaMal7eIwipG5Xo1ppuk1JTlo1uSadPZCe+d4JNKCfaF0c5WqZq7AiCpgQErlRsBIJDbsaCaLItLVM',
  'spHlsz0CubrHFAkA5xrC+xrzoK7LTdrR/2jeB2aT+jpP65Kv+UuW8WqXfeAkdy/5OtuiwDxBv7MMnp+Tjbw97MpDHtIFne2V',
  '/Jp0LVD7EaH2jbLyzZOn6Y1l7mbGsQY69LXPFG2cnjlVON2j7OQAtd+Rqr1nf/QisCyxr3idfi/a7Wuf9cXoi2J+fKAzY91Z',
  'qbYmq+36CB2nZfBgu4WepQ1ngecveUcZQpBRZvSkYz3IjxX5ADoITs/q2/3D/kHH/mT9EibS0MjGS9I7+T5IPeDPoM8ygGis',
  'XG5ntKJarFMRKquyIt2N9QsOOgXwNzEeFUbN2Ogj6BOhdiKSu1G1W5hG9iops6I8e7p08vNVDCtyKW/u8wi97ZdLc6LWmmCj',
  'fmJQ+WnqZ2rD0b1f0FrzWtd+YagNX76Bjn9aqOPR1s6J/hb9f1aiRyjRI5ToEUr0CCV6hBI9QokeoUSPUKJHKNEjlOgRSvQI',
  'JXqEvjH6T2yhDfccUb35AAAAAElFTkSuQmCC',
].join('');

export const PROBE_PICTURE = `data:image/png;base64,${PNG}`;
