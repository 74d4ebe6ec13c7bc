/** The Cluster service: who the members are, and why they are not changed here. */
@NullMarked
package io.netsy.etcd.cluster;

import org.jspecify.annotations.NullMarked;
