"""Three engines that run one design: ideal, behavioural, ngspice."""
