import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Gives classes of a jar that were compiled for Java 5 the version and the stack maps of a newer one; code stays as it is.
 *
 * <p>The AOT cache takes no class that is verified the old way, nor any class that is linked with one, and picocli is
 * published for Java 5: without this, each start parses and verifies the command line's classes anew. Run by {@code train.sh}
 * with the jars to change in place; a jar without such classes stays untouched.
 */
final class RefreshOldClasses {
    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;
    private static final int MAJOR_VERSION_OFFSET = 6;

    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            refresh(Path.of(jar));
        }
    }

    private static void refresh(Path jar) throws IOException {
        Map<String, byte[]> entries = read(jar);
        if (entries.entrySet().stream().noneMatch(RefreshOldClasses::isOld)) {
            return;
        }
        ClassFile classes = ClassFile.of(StackMapsOption.GENERATE_STACK_MAPS, ClassHierarchyResolverOption.of(hierarchyOf(entries)));
        Path changed = Files.createTempFile(jar.toAbsolutePath().getParent(), "refresh", ".jar");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(changed))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(isOld(entry) ? refreshed(classes, entry.getValue()) : entry.getValue());
                out.closeEntry();
            }
        }
        Files.move(changed, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Map<String, byte[]> read(Path jar) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry.getName(), in.readAllBytes());
            }
        }
        return entries;
    }

    private static boolean isOld(Map.Entry<String, byte[]> entry) {
        return entry.getKey().endsWith(".class")
                && ByteBuffer.wrap(entry.getValue()).getShort(MAJOR_VERSION_OFFSET) < FIRST_WITH_STACK_MAPS;
    }

    /** Knows which classes extend which: those of the jar, else those of the JDK. */
    private static ClassHierarchyResolver hierarchyOf(Map<String, byte[]> entries) {
        return ClassHierarchyResolver.ofResourceParsing(name -> {
                    String descriptor = name.descriptorString();
                    byte[] found = entries.get(descriptor.substring(1, descriptor.length() - 1) + ".class");
                    return found == null ? null : new ByteArrayInputStream(found);
                })
                .orElse(ClassHierarchyResolver.defaultResolver());
    }

    /** Methods are written anew instruction by instruction, since a copied method would keep its lack of stack maps. */
    private static byte[] refreshed(ClassFile classes, byte[] old) {
        ClassModel model = classes.parse(old);
        ClassTransform code = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL);
        ClassTransform version = (builder, element) -> {
            if (element instanceof ClassFileVersion) {
                builder.withVersion(ClassFile.JAVA_17_VERSION, 0);
            } else {
                builder.with(element);
            }
        };
        return classes.transformClass(model, version.andThen(code));
    }
}
