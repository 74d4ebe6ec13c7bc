/** What running nodes say of themselves, asked over their client port. */
@NullMarked
package io.netsy.node.status;

import org.jspecify.annotations.NullMarked;
