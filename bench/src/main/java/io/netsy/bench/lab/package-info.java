/** What every comparison needs: processes, the machine, figures, thresholds, verdict. */
@NullMarked
package io.netsy.bench.lab;

import org.jspecify.annotations.NullMarked;
