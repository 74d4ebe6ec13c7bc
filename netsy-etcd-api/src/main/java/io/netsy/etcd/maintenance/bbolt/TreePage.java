package io.netsy.etcd.maintenance.bbolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A leaf or branch page that is being filled, in the order of keys. It may outgrow one page: then others overflow it. */
final class TreePage {
    private final int kind;
    private final List<Element> elements = new ArrayList<>();
    private byte[] data = new byte[Layout.PAGE_BYTES];
    private int dataLength;

    private TreePage(int kind) {
        this.kind = kind;
    }

    static TreePage leaf() {
        return new TreePage(Layout.LEAF_PAGE);
    }

    static TreePage branch() {
        return new TreePage(Layout.BRANCH_PAGE);
    }

    /** @param first flags of a leaf's element, the child page of a branch's */
    private record Element(long first, int keyLength, int valueLength) {
        int length() {
            return keyLength + valueLength;
        }
    }

    int count() {
        return elements.size();
    }

    /** How large it would be with one element more. */
    long sizeWith(int keyLength, int valueLength) {
        return sizeBytes() + Layout.ELEMENT_BYTES + keyLength + valueLength;
    }

    long sizeBytes() {
        return Layout.PAGE_HEADER_BYTES + (long) elements.size() * Layout.ELEMENT_BYTES + dataLength;
    }

    /** The first {@code keyLength} and {@code valueLength} bytes of two arrays, which are copied. */
    void addEntry(int flags, Span key, Span value) {
        append(key);
        append(value);
        elements.add(new Element(flags, key.length(), value.length()));
    }

    void addChild(byte[] firstKey, long page) {
        append(Span.of(firstKey));
        elements.add(new Element(page, firstKey.length, 0));
    }

    private void append(Span bytes) {
        int length = Math.addExact(dataLength, bytes.length());
        if (length > data.length) {
            data = Arrays.copyOf(data, (int) Math.min(Math.max(length, 2L * data.length), Integer.MAX_VALUE - 8));
        }
        System.arraycopy(bytes.array(), 0, data, dataLength, bytes.length());
        dataLength = length;
    }

    byte[] firstKey() {
        return Arrays.copyOf(data, elements.getFirst().keyLength());
    }

    /** Takes the last child out again, into a page of its own. */
    TreePage splitLastChild() {
        Element last = elements.removeLast();
        dataLength -= last.length();
        TreePage rest = branch();
        rest.addChild(Arrays.copyOfRange(data, dataLength, dataLength + last.length()), last.first());
        return rest;
    }

    /** Begins anew; a page that grew large gives the memory back. */
    void clear() {
        elements.clear();
        dataLength = 0;
        if (data.length > Layout.PAGE_BYTES) {
            data = new byte[Layout.PAGE_BYTES];
        }
    }

    /** Writes header, elements and data; what is missing of the last page is the writer's to fill. */
    void writeTo(PageFile file, long pageNumber) throws IOException {
        int head = Layout.PAGE_HEADER_BYTES + elements.size() * Layout.ELEMENT_BYTES;
        ByteBuffer buffer = ByteBuffer.allocate(head).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(pageNumber)
                .putShort((short) kind)
                .putShort((short) elements.size())
                .putInt(Math.toIntExact(Layout.pages(sizeBytes()) - 1));
        int position = head;
        for (Element element : elements) {
            putElement(buffer, element, position - buffer.position());
            position += element.length();
        }
        file.write(Span.of(buffer.array()));
        file.write(new Span(data, dataLength));
    }

    /** @param offset from the element to its key, which the value follows */
    private void putElement(ByteBuffer buffer, Element element, int offset) {
        if (kind == Layout.LEAF_PAGE) {
            buffer.putInt((int) element.first())
                    .putInt(offset)
                    .putInt(element.keyLength())
                    .putInt(element.valueLength());
        } else {
            buffer.putInt(offset).putInt(element.keyLength()).putLong(element.first());
        }
    }
}
