using System.Text;
using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;
using Gantry.Api.Trees;

namespace Gantry.Api.Tests.Trees;

public sealed class TreeDecoderTests
{
    [Theory]
    [InlineData("""{"spec":{"replicas":"many"}}""", "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"replicas":1.5}}""", "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"replicas":3000000000}}""", "json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":"x"}}}}""", "json: cannot unmarshal string into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"image":5}]}}}}""", "json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.image of type string")]
    [InlineData("""{"metadata":{"labels":{"a":true}}}""", "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string")]
    [InlineData("""{"metadata":{"labels":[]}}""", "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string")]
    [InlineData("""{"spec":[]}""", "json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec")]
    [InlineData("""[]""", "json: cannot unmarshal array into Go value of type v1.Deployment")]
    [InlineData("""{"metadata":{"creationTimestamp":"x"}}""", "parsing time \"x\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"x\" as \"2006\"")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"resources":{"limits":{"cpu":"abc"}}}]}}}}""", Quantity.WrongFormat)]
    [InlineData("{not json", "invalid character 'n' looking for beginning of object key string")]
    [InlineData("""{"a":1,}""", "invalid character '}' looking for beginning of object key string")]
    [InlineData("""{"a" 1}""", "invalid character '1' after object key")]
    [InlineData("""{"a":tru}""", "invalid character '}' in literal true (expecting 'e')")]
    [InlineData("""{"a":[1 2]}""", "invalid character '2' after array element")]
    [InlineData("""{"a":""", "unexpected end of JSON input")]
    [InlineData("{} x", "invalid character 'x' after top-level value")]
    public void Wrong_input_is_refused_in_the_words_of_Go(string json, string error) => Assert.Equal(error, Decode(json, FieldValidation.Ignore).Error);

    [Fact]
    public void Unknown_and_duplicate_fields_are_reported_with_their_paths()
    {
        const string Json = """{"foo":1,"spec":{"replicas":1,"replicas":2,"template":{"spec":{"containers":[{"name":"c","bar":{"x":1}}]}}},"metadata":{"labels":{"a":"1","a":"2"}}}""";
        string[] problems = ["unknown field \"foo\"", "duplicate field \"spec.replicas\"", "unknown field \"spec.template.spec.containers[0].bar\"", "duplicate field \"metadata.labels.a\""];
        Assert.Equal(problems, Decode(Json, FieldValidation.Warn).Problems);
        Assert.Equal("strict decoding error: " + string.Join(", ", problems), Decode(Json, FieldValidation.Strict).Error);
        var ignored = Decode(Json, FieldValidation.Ignore);
        Assert.Empty(ignored.Problems);
        Assert.Equal("""{"metadata":{"labels":{"a":"2"}},"spec":{"replicas":2,"template":{"spec":{"containers":[{"name":"c"}]}}}}""", ignored.Object!.ToString());
    }

    [Fact]
    public void Names_are_compared_with_their_case_and_null_means_absent()
    {
        var result = Decode("""{"Spec":{},"spec":{"replicas":null,"paused":null,"template":null},"metadata":{"labels":{"a":null},"annotations":null}}""", FieldValidation.Warn);
        Assert.Equal(["unknown field \"Spec\""], result.Problems);
        Assert.Equal("""{"metadata":{"labels":{"a":""}},"spec":{}}""", result.Object!.ToString());
    }

    [Theory]
    [InlineData("""{"data":{"a":null}}""", """{"data":{"a":""}}""")]
    [InlineData("""{"data":null}""", "{}")]
    public void Null_for_bytes_in_a_map_is_empty(string given, string read) =>
        Assert.Equal(read, TreeDecoder.Decode(ApiTypes.V1Secret, Encoding.UTF8.GetBytes(given), FieldValidation.Strict).Object!.ToString());

    [Fact]
    public void Values_come_out_in_the_form_of_the_API()
    {
        var result = Decode("""{"metadata":{"creationTimestamp":"2024-05-01T10:00:00.5+02:00","labels":{"b":"2","a":"1"}},"spec":{"template":{"spec":{"containers":[{"resources":{"limits":{"cpu":0.5}}}]}}}}""", FieldValidation.Strict);
        Assert.Equal("""{"metadata":{"creationTimestamp":"2024-05-01T08:00:00Z","labels":{"a":"1","b":"2"}},"spec":{"template":{"spec":{"containers":[{"resources":{"limits":{"cpu":"500m"}}}]}}}}""", result.Object!.ToString());
    }

    [Theory]
    [InlineData("aGk=", null)]
    [InlineData("", null)]
    [InlineData("%%%", "illegal base64 data at input byte 0")]
    [InlineData("aGk", "illegal base64 data at input byte 0")]
    [InlineData("aGkhaG", "illegal base64 data at input byte 4")]
    [InlineData("aGk=x", "illegal base64 data at input byte 4")]
    [InlineData("aG k=", "illegal base64 data at input byte 2")]
    public void Base64_is_checked_as_Go_does(string text, string? error) =>
        Assert.Equal(error, TreeDecoder.Decode(ApiTypes.V1Secret, Encoding.UTF8.GetBytes("{\"data\":{\"a\":\"" + text + "\"}}"), FieldValidation.Ignore).Error);

    [Fact]
    public void What_nests_too_deep_is_refused()
    {
        var json = "{\"a\":" + new string('[', 20_000) + new string(']', 20_000) + "}";
        Assert.Equal("exceeded max depth", Decode(json, FieldValidation.Ignore).Error);
    }

    [Fact]
    public void Broken_text_is_replaced_and_not_refused()
    {
        byte[] json = [.. "{\"metadata\":{\"name\":\"a"u8, 0xff, .. "\\ud800\"}}"u8];
        var result = TreeDecoder.Decode(ApiTypes.V1Pod, json, FieldValidation.Ignore);
        Assert.Equal("a\ufffd\ufffd", result.Object!.Map("metadata")!.Text("name"));
    }

    [Fact]
    public void A_type_that_preserves_unknown_fields_keeps_them()
    {
        var type = new TypeSchema("v1.Thing", "x.Thing", [new FieldSchema("name", ValueKind.String)]) { PreservesUnknown = true };
        var result = TreeDecoder.Decode(type, """{"z":{"y":[1,null]},"name":"n"}"""u8, FieldValidation.Strict);
        Assert.Equal("""{"name":"n","z":{"y":[1,null]}}""", result.Object!.ToString());
        Assert.Equal(result.Object, Canonical.Of(type, result.Object));
    }

    [Fact]
    public void A_header_is_read_without_the_rest()
    {
        Assert.Equal(new ObjectHeader("apps/v1", "Deployment", null), ObjectHeader.Read("""{"spec":{"kind":"no"},"kind":"Deployment","apiVersion":"apps/v1"}"""u8));
        Assert.Equal("couldn't get version/kind; json parse error: invalid character 'n' looking for beginning of object key string", ObjectHeader.Read("{not json"u8).Error);
    }

    private static DecodeResult Decode(string json, FieldValidation validation) => TreeDecoder.Decode(ApiTypes.V1Deployment, Encoding.UTF8.GetBytes(json), validation);
}
