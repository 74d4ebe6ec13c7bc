package io.netsy.node.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Calls that no code of the program makes outside the packages that exist to make them, since a test or a simulation
 * could not steer them.
 */
class BannedCallsTest {
    /** Where the machine's own clocks, randomness and ids are made. */
    private static final String SOURCE_PACKAGE = ".+\\.(clock|random)(\\..+)?";

    private static final String COMMAND_LINE_PACKAGE = "io\\.netsy\\.node\\.cli(\\..+)?";

    private static final String USE_NANOS =
            "take an injected monotonic clock; the system's one is made in a ..clock.. package";
    private static final String USE_WALL =
            "take an injected java.time.InstantSource; the system's one is made in a ..clock.. package";
    private static final String USE_WAKE_UP =
            "ask to be woken (WakeAt effect, a scheduler port) or wait on a condition with a deadline";
    private static final String USE_RANDOM =
            "take an injected java.util.random.RandomGenerator; the system's one is made in a ..clock.. or ..random.. package";
    private static final String USE_IDS =
            "take an injected source of ids; the system's one is made in a ..clock.. or ..random.. package";

    static final List<Ban> BANS = List.of(
            new Ban("java.lang.System.nanoTime", SOURCE_PACKAGE, USE_NANOS),
            new Ban("java.lang.System.currentTimeMillis", SOURCE_PACKAGE, USE_WALL),
            new Ban("java.time.Instant.now", SOURCE_PACKAGE, USE_WALL),
            new Ban("java.time.(Local|Zoned|Offset)?(Date|Time|DateTime).now", SOURCE_PACKAGE, USE_WALL),
            new Ban("java.time.Clock.(system|tick).*", SOURCE_PACKAGE, USE_WALL),
            new Ban("java.time.InstantSource.(system|tick).*", SOURCE_PACKAGE, USE_WALL),
            new Ban("java.util.Date.<init>", SOURCE_PACKAGE, USE_WALL),
            new Ban("java.lang.Thread.sleep", SOURCE_PACKAGE, USE_WAKE_UP),
            new Ban("java.util.concurrent.TimeUnit.sleep", SOURCE_PACKAGE, USE_WAKE_UP),
            new Ban("java.util.UUID.randomUUID", SOURCE_PACKAGE, USE_IDS),
            new Ban("java.util.(Random|SplittableRandom).<init>", SOURCE_PACKAGE, USE_RANDOM),
            new Ban("java.security.SecureRandom.(<init>|getInstance.*)", SOURCE_PACKAGE, USE_RANDOM),
            new Ban("java.lang.Math.random", SOURCE_PACKAGE, USE_RANDOM),
            new Ban("java.util.concurrent.ThreadLocalRandom.current", SOURCE_PACKAGE, USE_RANDOM),
            new Ban("java.util.random.RandomGenerator.(of|getDefault)", SOURCE_PACKAGE, USE_RANDOM),
            new Ban(
                    "java.lang.System.exit",
                    COMMAND_LINE_PACKAGE,
                    "return an exit code or fail; only the command line ends the process"),
            new Ban(
                    "java.lang.System.(out|err)",
                    COMMAND_LINE_PACKAGE,
                    "log with SLF4J, or print through the command's own writer"),
            new Ban(".*\\.printStackTrace", COMMAND_LINE_PACKAGE, "log with SLF4J"));

    /** One ban: a member (a regular expression over its full name), who may use it all the same, what to use instead. */
    record Ban(String member, String allowedIn, String instead) {
        boolean matches(JavaAccess<?> access) {
            String name =
                    access.getTargetOwner().getName() + "." + access.getTarget().getName();
            return Pattern.matches(member, name);
        }

        @Override
        public String toString() {
            return member;
        }
    }

    @ParameterizedTest
    @FieldSource("BANS")
    void noClassUses(Ban ban) {
        ArchRuleDefinition.classes()
                .that(DescribedPredicate.describe(
                        "reside outside " + ban.allowedIn(),
                        type -> !Pattern.matches(ban.allowedIn(), type.getPackageName())))
                .should(notUse(ban))
                .because(ban.instead())
                .check(ScannedClasses.all());
    }

    private static ArchCondition<JavaClass> notUse(Ban ban) {
        return new ArchCondition<>("not use " + ban.member()) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getAccessesFromSelf().stream()
                        .filter(ban::matches)
                        .forEach(access -> events.add(
                                SimpleConditionEvent.violated(access, access.getDescription() + ": " + ban.instead())));
            }
        };
    }
}
