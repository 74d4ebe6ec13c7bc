package io.netsy.node.wiring;

import io.netsy.node.config.NodeConfig;
import io.netsy.node.rehearsal.RehearsalClient;

/** Runs a single node for as long as one client plays its part, then ends it in good order. */
public final class RehearsedNodeRunner implements NodeRunner {
    @Override
    public int run(NodeConfig config) throws Exception {
        RunningNode node = RunningNode.start(config);
        try (RehearsalClient client = new RehearsalClient(node.clientAddress())) {
            client.play();
        } finally {
            node.stop();
        }
        return 0;
    }
}
