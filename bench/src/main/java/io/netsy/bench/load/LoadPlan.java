package io.netsy.bench.load;

/**
 * One measurement.
 *
 * @param pace how hard the load presses
 * @param warmup the same load before, not measured: it is for the just-in-time compilers on both sides
 * @param measured the load that counts
 * @param verified whether what was acknowledged is read back afterwards
 */
public record LoadPlan(Pace pace, Extent warmup, Extent measured, boolean verified) {}
