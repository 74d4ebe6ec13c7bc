package io.netsy.node.cli;

import io.netsy.node.config.NodeConfig;
import java.io.PrintWriter;

/** What a first try is greeted with: where it listens, where its data is, what to try next. */
final class Banner {
    private Banner() {}

    static void print(PrintWriter out, NodeConfig config) {
        String endpoint = config.listen().client().toString();
        out.printf("""

                  Netsy serves the etcd API on %1$s
                  All state is in %2$s; delete that folder to start over.

                  Try next:
                    etcdctl --endpoints %1$s put hello world
                    etcdctl --endpoints %1$s watch --prefix ""
                    kube-apiserver --etcd-servers=http://%1$s …
                    curl http://%1$s/readyz?verbose
                  Stop with Ctrl-C. On a bucket: netsy start --help

                """, endpoint, config.store());
        out.flush();
    }
}
