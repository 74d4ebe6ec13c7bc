/** etcd's errors: their codes and exact texts, which clients match word for word. */
@NullMarked
package io.netsy.etcd.error;

import org.jspecify.annotations.NullMarked;
