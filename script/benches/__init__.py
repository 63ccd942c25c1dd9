"""What ``script/bench`` measures, one module a bench; each has ``main``, called once Django is set up."""
