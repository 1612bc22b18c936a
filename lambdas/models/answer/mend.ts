import '#start';

export { jsonrepair } from 'jsonrepair';
