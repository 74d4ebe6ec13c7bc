package io.netsy.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final StringWriter written = new StringWriter();
    private long nowNanos;

    private Progress progress(boolean terminal) {
        return new Progress(new PrintWriter(written, true), () -> nowNanos, terminal);
    }

    private void pass(long millis) {
        nowNanos += millis * 1_000_000;
    }

    @Test
    void aTerminalGetsABarThatIsTakenAwayAtTheEnd() {
        try (Progress progress = progress(true)) {
            pass(150);
            progress.at("chunks", 50, 200);
            progress.at("chunks", 51, 200);
            pass(150);
            progress.at("chunks", 200, 200);
        }
        assertThat(written.toString())
                .isEqualTo("\r\u001b[K[#######.......................]  25% chunks"
                        + "\r\u001b[K[##############################] 100% chunks\r\u001b[K");
    }

    @Test
    void elsewhereALineComesEveryFewSeconds() {
        try (Progress progress = progress(false)) {
            progress.at("chunks", 1, 4);
            pass(5000);
            progress.at("chunks", 2, 4);
            pass(100);
            progress.at("chunks", 3, 4);
        }
        assertThat(written.toString()).isEqualTo("netsy: checking chunks: 2 of 4" + System.lineSeparator());
    }

    @Test
    void shortWorkSaysNothing() {
        try (Progress progress = progress(true)) {
            progress.at("chunks", 1, 1);
        }
        assertThat(written.toString()).isEmpty();
    }
}
