package io.netsy.bench.lab;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What a run has to say: lines as it goes, failures for the verdict, and how much others used the machine. */
public final class Protocol {
    /** Above this share of the machine, others' work makes a block's figures worthless. */
    private static final double NOISY = 0.10;

    private final PrintWriter out;
    private final List<String> failures = new ArrayList<>();
    private int blocks;
    private int noisyBlocks;

    public Protocol(PrintWriter out) {
        this.out = out;
    }

    public void say(String line) {
        out.println(line);
        out.flush();
    }

    /** Something went wrong that fails the run. */
    public void fail(String what) {
        failures.add(what);
        say("FAILED: " + what);
    }

    /** A load ended during which others used this share of the machine. */
    public void noteOthers(double share) {
        blocks++;
        if (share > NOISY) {
            noisyBlocks++;
        }
    }

    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** About the worth of the figures; empty when the machine was quiet. */
    public String remark() {
        return noisyBlocks == 0
                ? ""
                : "in %d of %d loads others used more than %.0f %% of the machine: do not quote these figures"
                        .formatted(noisyBlocks, blocks, NOISY * 100);
    }
}
