/** Sources of randomness that are of another kind than the machine's own. */
@NullMarked
package io.netsy.etcd.random;

import org.jspecify.annotations.NullMarked;
