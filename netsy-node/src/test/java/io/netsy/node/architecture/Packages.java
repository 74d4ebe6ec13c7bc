package io.netsy.node.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.regex.Pattern;

/** Conditions on packages that ArchUnit has no words for. */
final class Packages {
    private Packages() {}

    /** Classes under {@code root} that are not under {@code exception}. */
    static DescribedPredicate<JavaClass> underBut(String root, String exception) {
        return DescribedPredicate.describe(
                "reside under %s but not under %s".formatted(root, exception),
                type -> isUnder(type.getPackageName(), root) && !isUnder(type.getPackageName(), exception));
    }

    /** Classes of Netsy in a package whose last part is one of {@code names}, alternatives of a regular expression. */
    static DescribedPredicate<JavaClass> lastNamed(String names) {
        Pattern pattern = Pattern.compile("io\\.netsy\\..+\\.(%s)".formatted(names));
        return DescribedPredicate.describe(
                "reside in a package named " + names,
                type -> pattern.matcher(type.getPackageName()).matches());
    }

    /** Met by a class that only its own package and {@code wiring} depend on. */
    static ArchCondition<JavaClass> beKnownOnlyInItsPackageAnd(String wiring) {
        return new ArchCondition<>("be known only in its own package and in " + wiring) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency use : type.getDirectDependenciesToSelf()) {
                    String user = use.getOriginClass().getPackageName();
                    if (!isUnder(user, type.getPackageName()) && !isUnder(user, wiring)) {
                        events.add(SimpleConditionEvent.violated(use, use.getDescription()));
                    }
                }
            }
        };
    }

    private static boolean isUnder(String name, String root) {
        return name.equals(root) || name.startsWith(root + ".");
    }
}
