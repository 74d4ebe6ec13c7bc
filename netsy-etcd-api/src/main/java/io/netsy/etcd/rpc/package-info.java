/** What every service needs to speak gRPC: response headers, replies, and the values of the model in protobuf's types. */
@NullMarked
package io.netsy.etcd.rpc;

import org.jspecify.annotations.NullMarked;
