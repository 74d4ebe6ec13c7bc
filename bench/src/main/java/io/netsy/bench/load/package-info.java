/** The load loop: many clients on few connections, driven by one event loop. */
@NullMarked
package io.netsy.bench.load;

import org.jspecify.annotations.NullMarked;
