/** When a classifier that learned from a step's answers may take the model's place (docs/paying-less.md). */
export interface SurrogatePolicy {
  /** How often it has to say what the model says, at least, as far as can be known: from 0.8 to 0.995. */
  agreement: number;
}
