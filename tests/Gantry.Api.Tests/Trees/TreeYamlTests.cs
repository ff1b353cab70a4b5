using Gantry.Api.Trees;

namespace Gantry.Api.Tests.Trees;

public sealed class TreeYamlTests
{
    [Theory]
    [InlineData("a: yes", """{"a":true}""")]
    [InlineData("a: \"yes\"", """{"a":"yes"}""")]
    [InlineData("a: off", """{"a":false}""")]
    [InlineData("a: ~", """{"a":null}""")]
    [InlineData("a:", """{"a":null}""")]
    [InlineData("a: 010", """{"a":8}""")]
    [InlineData("a: 0x1f", """{"a":31}""")]
    [InlineData("a: 1_000", """{"a":1000}""")]
    [InlineData("a: 1e3", """{"a":1000}""")]
    [InlineData("a: 1.5", """{"a":1.5}""")]
    [InlineData("a: 100m", """{"a":"100m"}""")]
    [InlineData("a: 2024-01-01", """{"a":"2024-01-01"}""")]
    [InlineData("a: 2024-01-01T10:00:00Z", """{"a":"2024-01-01T10:00:00Z"}""")]
    [InlineData("a: 10.0.0.1", """{"a":"10.0.0.1"}""")]
    [InlineData("1: x", """{"1":"x"}""")]
    [InlineData("true: x", """{"true":"x"}""")]
    [InlineData("a: !!str 5", """{"a":"5"}""")]
    [InlineData("a: |\n  x\n  y\n", """{"a":"x\ny\n"}""")]
    [InlineData("{a: [1, b]}", """{"a":[1,"b"]}""")]
    [InlineData("x: &x {a: 1}\nw: *x\nz:\n  <<: *x\n  b: 2", """{"x":{"a":1},"w":{"a":1},"z":{"a":1,"b":2}}""")]
    [InlineData("a: 1\n<<: {a: 2, b: 3}\nb: 4", """{"a":2,"b":4}""")]
    [InlineData("<<: [{a: 1}, {a: 2, b: 3}]", """{"a":1,"b":3}""")]
    [InlineData("a: [1,\n2]", """{"a":[1,2]}""")]
    [InlineData("a: [b\n,c: d]\n", """{"a":["b",{"c":"d"}]}""")]
    [InlineData("a: 1e400", """{"a":"1e400"}""")]
    [InlineData("a: !!str", """{"a":""}""")]
    [InlineData("a: !x 5", """{"a":"5"}""")]
    [InlineData("a: !!float 3", """{"a":3}""")]
    [InlineData("a: !!binary aGk=", """{"a":"hi"}""")]
    [InlineData("a: 99999999999999999999", """{"a":100000000000000000000}""")]
    [InlineData("a: 'it''s'\nb: \"x\\ty \\\n  z\\u00e9\"", """{"a":"it's","b":"x\ty zé"}""")]
    [InlineData("a: >-\n  x\n  y\n\n  z\nb: |+\n  q\n\n", """{"a":"x y\nz","b":"q\n\n"}""")]
    [InlineData("{}a: [b, {c", "{}")]
    [InlineData("- a\n-\n- - b\n  - c\n", """["a",null,["b","c"]]""")]
    [InlineData("%TAG !e! tag:e,2000:\n---\n!e!x y\n", "\"y\"")]
    public void Scalars_mean_what_they_mean_to_Kubernetes(string yaml, string json) => Assert.Equal(json, TreeYaml.Parse(yaml).ToString());

    [Fact]
    public void Several_documents_are_read_and_empty_ones_left_out()
    {
        var documents = TreeYaml.ParseAll("---\na: 1\n---\n---\n# nothing\n---\nb: 2\n");
        Assert.Equal(["""{"a":1}""", """{"b":2}"""], documents.Select(d => d.ToString()));
    }

    [Fact]
    public void Keys_that_stand_twice_are_reported_with_their_line()
    {
        Assert.Equal("""{"a":2}""", TreeYaml.Parse("a: 1\na: 2\n", out var duplicates).ToString());
        Assert.Equal(["line 2: key \"a\" already set in map"], duplicates);
    }

    [Fact]
    public void Aliases_cannot_blow_a_document_up()
    {
        var bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        Assert.Contains("excessive aliasing", Assert.Throws<TreeException>(() => TreeYaml.Parse(bomb)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: [", "yaml: line 1: did not find expected node content")]
    [InlineData("a: [1, 2\nb: c\n", "yaml: line 1: did not find expected ',' or ']'")]
    [InlineData("a: b: c", "yaml: mapping values are not allowed in this context")]
    [InlineData("x:\n  a: b: c", "yaml: line 2: mapping values are not allowed in this context")]
    [InlineData("\t- x: {", "yaml: found character that cannot start any token")]
    [InlineData("a: b\nc\nd: e", "yaml: line 3: could not find expected ':'")]
    [InlineData("a: @b", "yaml: found character that cannot start any token")]
    [InlineData("a: *b", "yaml: unknown anchor 'b' referenced")]
    [InlineData("a: &a [*a]", "yaml: anchor 'a' value contains itself")]
    [InlineData("a: \"x", "yaml: found unexpected end of stream")]
    [InlineData("a: \"\\q\"", "yaml: found unknown escape character")]
    [InlineData("a: |0\n x", "yaml: found an indentation indicator equal to 0")]
    [InlineData("a:\n  - b\n c: d", "yaml: line 2: did not find expected key")]
    [InlineData("- a\nb", "yaml: line 3: could not find expected ':'")]
    [InlineData("a: \u0001", "yaml: control characters are not allowed")]
    [InlineData("a: !q!x y", "yaml: found undefined tag handle")]
    [InlineData("%YAML 1.2\n--- a", "yaml: found incompatible YAML document")]
    [InlineData("a: !!int x", "yaml: cannot decode !!str `x` as a !!int")]
    [InlineData("[a]: b", "yaml: invalid map key: []interface {}{\"a\"}")]
    [InlineData("? \n: b", "unsupported map key of type: %!s(<nil>), key: <nil>, value: \"b\"")]
    [InlineData("a: .inf", "json: unsupported value: +Inf")]
    [InlineData("<<: 1", "yaml: map merge requires map or sequence of maps as the value")]
    [InlineData("...", "yaml: did not find expected node content")]
    [InlineData("\n# text\n...\na: 1\n...\n\n\n", "yaml: line 2: did not find expected node content")]
    public void What_is_no_YAML_is_refused_in_the_words_of_the_Go_library(string yaml, string error) =>
        Assert.Equal(error, Assert.Throws<TreeException>(() => TreeYaml.Parse(yaml)).Message);

    [Fact]
    public void What_nests_too_deep_is_refused() =>
        Assert.Equal("yaml: exceeded max depth", Assert.Throws<TreeException>(() => TreeYaml.Parse(new string('[', 100_000))).Message);

    [Theory]
    [InlineData("a: 1\n...\n...\n")]
    [InlineData("--- \na: 1\n...\nb: 2\n")]
    [InlineData("# text\n....: 1\na: 1")]
    public void An_end_after_a_beginning_ends_the_document(string yaml) => Assert.Equal("1", ((TreeMap)TreeYaml.Parse(yaml))["a"]!.ToString());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Whatever_the_text_it_is_read_or_refused(int seed)
    {
        string[] bits = ["{", "}", "[", "]", ":", ": ", ",", "\"", "'", "\\", "\n", "\n  ", "- ", "\t", " ", "#", "|\n", ">", "&a ", "*a", "!", "!!str ", "%", "? ", "~", "1", "\n---\n", "\n...\n", "<<: ", "\u0000", "é", "\u2028", ".", "x: ", "\r"];
        var random = new Random(seed);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => bits[random.Next(bits.Length)]));
            try
            {
                TreeYaml.Parse(text);
            }
            catch (TreeException refused)
            {
                Assert.NotEqual("", refused.Message);
            }
        }
    }
}
