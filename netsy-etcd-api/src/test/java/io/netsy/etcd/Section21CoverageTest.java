package io.netsy.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** Every case of section 21 of the etcd semantics has a test in this module whose name begins with its number. */
class Section21CoverageTest {
    private static final int CASES = 87;

    private static final Pattern NUMBERED = Pattern.compile("case(\\d+)(?:_.*|[A-Z].*)?");

    @Test
    void everyCaseHasATest() throws Exception {
        Set<Integer> missing = IntStream.rangeClosed(1, CASES).boxed().collect(Collectors.toCollection(TreeSet::new));
        Set<Integer> covered = covered();
        missing.removeAll(covered);

        assertThat(missing).as("cases of section 21 without a test").isEmpty();
        assertThat(covered).as("numbers that are no case of section 21").allMatch(number -> number <= CASES);
    }

    private static Set<Integer> covered() throws Exception {
        Set<Integer> numbers = new TreeSet<>();
        for (Class<?> type : testClasses()) {
            for (Method method : type.getDeclaredMethods()) {
                Matcher name = NUMBERED.matcher(method.getName());
                if (name.matches() && AnnotationSupport.isAnnotated(method, Testable.class)) {
                    numbers.add(Integer.valueOf(name.group(1)));
                }
            }
        }
        return numbers;
    }

    /** All classes of the module's tests, not initialised. */
    private static List<Class<?>> testClasses() throws IOException, URISyntaxException {
        Path root = Path.of(Section21CoverageTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith("Test.class"))
                    .map(file -> root.relativize(file).toString())
                    .<Class<?>>map(Section21CoverageTest::load)
                    .toList();
        }
    }

    private static Class<?> load(String file) {
        String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
        try {
            return Class.forName(name, false, Section21CoverageTest.class.getClassLoader());
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException("can't load the test class " + name, impossible);
        }
    }
}
