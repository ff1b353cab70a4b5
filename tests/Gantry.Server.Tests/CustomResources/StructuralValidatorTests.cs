using Gantry.Api.Trees;
using Gantry.Server.CustomResources;

namespace Gantry.Server.Tests.CustomResources;

public sealed class StructuralValidatorTests
{
    [Theory]
    [InlineData("""{"type":"integer"}""", "\"a\"", "spec.x: Invalid value: \"string\": spec.x in body must be of type integer: \"string\"")]
    [InlineData("""{"type":"integer"}""", "1.5", "spec.x: Invalid value: \"number\": spec.x in body must be of type integer: \"number\"")]
    [InlineData("""{"type":"integer"}""", "1.0", "")]
    [InlineData("""{"type":"number"}""", "3", "")]
    [InlineData("""{"type":"string"}""", "null", "spec.x: Invalid value: \"null\": spec.x in body must be of type string: \"null\"")]
    [InlineData("""{"type":"string","nullable":true}""", "null", "")]
    [InlineData("""{"type":"object"}""", "[]", "spec.x: Invalid value: \"array\": spec.x in body must be of type object: \"array\"")]
    [InlineData("""{"x-kubernetes-int-or-string":true}""", "true", "spec.x: Invalid value: \"boolean\": spec.x in body must be of type integer,string: \"boolean\"")]
    [InlineData("""{"type":"string","enum":["a","b"]}""", "\"c\"", "spec.x: Unsupported value: \"c\": supported values: \"a\", \"b\"")]
    [InlineData("""{"type":"integer","enum":[1,2]}""", "3", "spec.x: Unsupported value: 3: supported values: \"1\", \"2\"")]
    [InlineData("""{"type":"string","maxLength":2}""", "\"abc\"", "spec.x: Too long: may not be more than 2 bytes")]
    [InlineData("""{"type":"string","minLength":2}""", "\"\"", "spec.x: Invalid value: \"\": spec.x in body should be at least 2 chars long")]
    [InlineData("""{"type":"string","maxLength":2}""", "\"äöü\"", "spec.x: Too long: may not be more than 2 bytes")]
    [InlineData("""{"type":"string","maxLength":3}""", "\"äöü\"", "")]
    [InlineData("""{"type":"string","pattern":"^a+$"}""", "\"b\"", "spec.x: Invalid value: \"b\": spec.x in body should match '^a+$'")]
    [InlineData("""{"type":"string","pattern":"^a+$"}""", "\"a\\n\"", "spec.x: Invalid value: \"a\\n\": spec.x in body should match '^a+$'")]
    [InlineData("""{"type":"string","format":"ipv4"}""", "\"no\"", "spec.x: Invalid value: \"no\": spec.x in body must be of type ipv4: \"no\"")]
    [InlineData("""{"type":"string","format":"date-time"}""", "\"no\"", "spec.x: Invalid value: \"no\": spec.x in body must be of type date-time: \"no\"")]
    [InlineData("""{"type":"string","format":"unknown"}""", "\"no\"", "")]
    [InlineData("""{"type":"integer","format":"int32"}""", "99999999999", "")]
    [InlineData("""{"type":"integer","minimum":1}""", "0", "spec.x: Invalid value: 0: spec.x in body should be greater than or equal to 1")]
    [InlineData("""{"type":"integer","minimum":1,"exclusiveMinimum":true}""", "1", "spec.x: Invalid value: 1: spec.x in body should be greater than 1")]
    [InlineData("""{"type":"number","maximum":1.5}""", "1.75", "spec.x: Invalid value: 1.75: spec.x in body should be less than or equal to 1.5")]
    [InlineData("""{"type":"integer","maximum":9,"exclusiveMaximum":true}""", "9", "spec.x: Invalid value: 9: spec.x in body should be less than 9")]
    [InlineData("""{"type":"integer","multipleOf":5}""", "7", "spec.x: Invalid value: 7: spec.x in body should be a multiple of 5")]
    [InlineData("""{"type":"number","multipleOf":0.1}""", "0.35", "spec.x: Invalid value: 0.35: spec.x in body should be a multiple of 0.1")]
    [InlineData("""{"type":"number","multipleOf":0.1}""", "0.3", "")]
    [InlineData("""{"type":"array","minItems":1,"items":{"type":"string"}}""", "[]", "spec.x: Invalid value: 0: spec.x in body should have at least 1 items")]
    [InlineData("""{"type":"array","maxItems":1,"items":{"type":"string"}}""", "[\"a\",\"b\"]", "spec.x: Too many: 2: must have at most 1 items")]
    [InlineData("""{"type":"array","items":{"type":"string"}}""", "[\"a\",1]", "spec.x[1]: Invalid value: \"integer\": spec.x[1] in body must be of type string: \"integer\"")]
    [InlineData("""{"type":"object","minProperties":1}""", "{}", "spec.x: Invalid value: 0: spec.x in body should have at least 1 properties")]
    [InlineData("""{"type":"object","maxProperties":0}""", """{"a":1}""", "spec.x: Too many: 1: must have at most 0 items")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"string"}}""", """{"a":1}""", "spec.x.a: Invalid value: \"integer\": spec.x.a in body must be of type string: \"integer\"")]
    [InlineData("""{"type":"object","additionalProperties":false}""", """{"a":1}""", "spec.x: Invalid value: \"a\": spec.x.a in body is a forbidden property")]
    [InlineData("""{"type":"object","required":["a"]}""", "{}", "spec.x.a: Required value")]
    [InlineData("""{"type":"object","required":["a"],"properties":{"a":{"type":"string","default":"b"}}}""", "{}", "")]
    public void A_value_is_refused_with_the_words_of_the_API(string schema, string value, string expected) => Assert.Equal(expected, Problems(schema, value));

    [Fact]
    public void Of_alternatives_the_nearest_tells_what_is_wrong()
    {
        const string Schema = """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"oneOf":[{"required":["a","b"]},{"required":["c"]}]}""";

        Assert.Equal(
            "<nil>: Invalid value: \"\": \"spec.x\" must validate one and only one schema (oneOf). Found none valid; spec.x.b: Required value",
            Problems(Schema, """{"a":"z"}"""));
        Assert.Equal(
            "<nil>: Invalid value: \"\": \"spec.x\" must validate one and only one schema (oneOf). Found 2 valid alternatives",
            Problems(Schema, """{"a":"z","b":1,"c":2}"""));
    }

    [Theory]
    [InlineData("""{"anyOf":[{"type":"integer"},{"type":"string"}]}""", "true", "<nil>: Invalid value: \"\": \"spec.x\" must validate at least one schema (anyOf); spec.x: Invalid value: \"boolean\": spec.x in body must be of type integer: \"boolean\"")]
    [InlineData("""{"type":"string","allOf":[{"minLength":2},{"pattern":"a"}]}""", "\"b\"", "spec.x: Invalid value: \"b\": spec.x in body should be at least 2 chars long; spec.x: Invalid value: \"b\": spec.x in body should match 'a'; <nil>: Invalid value: \"\": \"spec.x\" must validate all the schemas (allOf). None validated")]
    [InlineData("""{"type":"string","allOf":[{"minLength":1},{"pattern":"a"}]}""", "\"b\"", "spec.x: Invalid value: \"b\": spec.x in body should match 'a'; <nil>: Invalid value: \"\": \"spec.x\" must validate all the schemas (allOf)")]
    [InlineData("""{"type":"string","not":{"enum":["a"]}}""", "\"a\"", "<nil>: Invalid value: \"\": \"spec.x\" must not validate the schema (not)")]
    public void Combined_schemas_are_told_of_as_a_whole(string schema, string value, string expected) => Assert.Equal(expected, Problems(schema, value));

    [Fact]
    public void A_part_of_an_object_is_named_from_the_part()
    {
        var schema = StructuralSchema.Of((TreeMap)TreeJson.Parse("""{"type":"object","properties":{"phase":{"type":"string"}}}"""));

        var error = Assert.Single(StructuralValidator.Check(schema, TreeJson.Parse("""{"phase":1}"""), "status"));

        Assert.Equal("status.phase: Invalid value: \"integer\": phase in body must be of type string: \"integer\"", error.ToString());
    }

    private static string Problems(string schema, string value)
    {
        var root = StructuralSchema.Of((TreeMap)TreeJson.Parse(
            $$$"""{"type":"object","properties":{"spec":{"type":"object","properties":{"x":{{{schema}}} } } } }"""));
        return string.Join("; ", StructuralValidator.Check(root, TreeJson.Parse($$$"""{"spec":{"x":{{{value}}} } }""")));
    }
}
