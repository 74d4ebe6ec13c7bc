/** The etcd v3 API over ports that the node implements. */
@NullMarked
package io.netsy.etcd;

import org.jspecify.annotations.NullMarked;
