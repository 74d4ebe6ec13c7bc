/** What every gRPC call passes before and after its handler: counting, refusing, ending. */
@NullMarked
package io.netsy.etcd.server.rpc;

import org.jspecify.annotations.NullMarked;
