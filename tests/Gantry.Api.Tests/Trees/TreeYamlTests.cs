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
    [InlineData("x: &x {a: 1}\nw: *x\nz:\n  <<: *x\n  b: 2", """{"x":{"a":1},"w":{"a":1},"z":{"b":2,"a":1}}""")]
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
    [InlineData("a: [")]
    [InlineData("a: b: c")]
    [InlineData("\t- x: {")]
    public void What_is_no_YAML_is_refused(string yaml) => Assert.StartsWith("yaml: ", Assert.Throws<TreeException>(() => TreeYaml.Parse(yaml)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("...", "yaml: did not find expected node content")]
    [InlineData("\n# text\n...\na: 1\n...\n\n\n", "yaml: line 2: did not find expected node content")]
    public void An_end_without_a_beginning_is_refused(string yaml, string error) => Assert.Equal(error, Assert.Throws<TreeException>(() => TreeYaml.Parse(yaml)).Message);

    [Theory]
    [InlineData("a: 1\n...\n...\n")]
    [InlineData("--- \na: 1\n...\nb: 2\n")]
    [InlineData("# text\n....: 1\na: 1")]
    public void An_end_after_a_beginning_ends_the_document(string yaml) => Assert.Equal("1", ((TreeMap)TreeYaml.Parse(yaml))["a"]!.ToString());
}
