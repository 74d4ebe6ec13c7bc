package io.netsy.node.objectstore.s3;

import java.io.ByteArrayInputStream;
import java.util.HashMap;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Turns an answer of S3 that is no success into what the SDK throws for it. */
final class S3ErrorAnswer {

    private static final int MAX_ELEMENTS = 64;

    private S3ErrorAnswer() {}

    /**
     * The exception with status, code, message and request id.
     *
     * @param body an XML document {@code <Error>} when it is S3's own word; anything else leaves code and message out
     */
    static AwsServiceException exception(SdkHttpResponse response, byte[] body) {
        Map<String, String> error = fieldsOf(body);
        AwsErrorDetails details = AwsErrorDetails.builder()
                .serviceName("S3")
                .errorCode(error.get("Code"))
                .errorMessage(error.get("Message"))
                .sdkHttpResponse(response)
                .build();
        return S3Exception.builder()
                .statusCode(response.statusCode())
                .awsErrorDetails(details)
                .message(response.statusText().orElse(""))
                .requestId(response.firstMatchingHeader("x-amz-request-id").orElse(error.get("RequestId")))
                .build();
    }

    private static Map<String, String> fieldsOf(byte[] body) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        Map<String, String> fields = new HashMap<>();
        try {
            XMLStreamReader xml = factory.createXMLStreamReader(new ByteArrayInputStream(body));
            if (xml.nextTag() == XMLStreamReader.START_ELEMENT
                    && xml.getLocalName().equals("Error")) {
                while (fields.size() < MAX_ELEMENTS && xml.nextTag() == XMLStreamReader.START_ELEMENT) {
                    fields.put(xml.getLocalName(), xml.getElementText());
                }
            }
        } catch (XMLStreamException e) {
            // What was read up to here counts: some services put nested elements after code and message.
            return fields;
        }
        return fields;
    }
}
