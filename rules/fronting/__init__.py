"""Who fronts, who did and for how long: switches, and what is read and changed of them; knows no face."""
