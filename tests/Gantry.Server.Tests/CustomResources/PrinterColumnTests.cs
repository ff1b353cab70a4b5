using Gantry.Api.Trees;
using Gantry.Server.CustomResources.Paths;

namespace Gantry.Server.Tests.CustomResources;

public sealed class PrinterColumnTests
{
    private const string Value = """
        {"metadata":{"name":"a","labels":{"a.b/c":"x"},"annotations":{"n":"5"}},"data":{"x":"1","y":"2"},"nul":null,"when":"2024-01-01T00:00:00Z","never":"","odd":"May",
         "w":[{"name":"A","n":1,"f":1.5,"b":true,"tags":["p","q"],"z":null},{"name":"B","n":2,"f":2500000.5,"b":false,"tags":["r"],"big":1e30},{"name":"C","n":3,"m":{"k":"<v>"}}]}
        """;

    private static readonly DateTimeOffset Now = new(2024, 1, 1, 0, 5, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(".", "")]
    [InlineData(".metadata.name", "a")]
    [InlineData(".w[*].name", "A")]
    [InlineData(".w[-1].name", "C")]
    [InlineData(".w[1:].name", "B")]
    [InlineData(".w[-2:].name", "B")]
    [InlineData(".w[:-1].name", "A")]
    [InlineData(".w[].name", "A")]
    [InlineData(".w[1:2:].name", "B")]
    [InlineData(".w[1:3:2].name", "B")]
    [InlineData(".w[5].name", "")]
    [InlineData(".w[-9].name", "")]
    [InlineData(".w[2:1].name", "")]
    [InlineData(".w[0:0].name", "")]
    [InlineData(".w[0:3:0].name", "")]
    [InlineData(".w[?(@.n>1)].name", "B")]
    [InlineData(".w[?(@.name==\"B\")].n", "2")]
    [InlineData(".w[?(@.name=='A')].n", "1")]
    [InlineData(".w[?( @.name == \"B\" )].n", "2")]
    [InlineData(".w[?(@.name==A)].n", "")]
    [InlineData(".w[?(@.b!=true)].n", "2")]
    [InlineData(".w[?(@.b>false)].n", "")]
    [InlineData(".w[?(@.f>1.6)].name", "B")]
    [InlineData(".w[?(@.f<2)].name", "")]
    [InlineData(".w[?(@.n==1.0)].name", "")]
    [InlineData(".w[?(@.tags)].name", "A")]
    [InlineData(".w[?(@.z)].name", "A")]
    [InlineData(".w[?(@.nope)].name", "")]
    [InlineData(".w[?(@.z==1)].name", "")]
    [InlineData(".w[?(@.tags[0]==\"r\")].name", "B")]
    [InlineData(".w[?(@.tags[*]==\"p\")].name", "")]
    [InlineData(".w[?(@.m.k==\"<v>\")].name", "C")]
    [InlineData(".w[?(@.name<>\"A\")].n", "")]
    [InlineData(".w[?(1==1)].name", "A")]
    [InlineData(".w[?(@.n==@.n)].name", "A")]
    [InlineData(".w[0].tags[?(@=='q')]", "q")]
    [InlineData(".w[0][0]", "")]
    [InlineData(".data[0]", "")]
    [InlineData(".w[1,2].name", "B")]
    [InlineData(".w[2]['name','n']", "C")]
    [InlineData(".metadata.labels.a\\.b/c", "x")]
    [InlineData(".metadata.labels['a\\.b/c']", "x")]
    [InlineData(".metadata.annotations['n']", "5")]
    [InlineData("..tags[0]", "p")]
    [InlineData("...name", "a")]
    [InlineData(".data..", "{\"x\":\"1\",\"y\":\"2\"}")]
    [InlineData(".data.*", "1")]
    [InlineData(".data", "{\"x\":\"1\",\"y\":\"2\"}")]
    [InlineData(".w[0].tags", "[\"p\",\"q\"]")]
    [InlineData(".w[2]", "{\"m\":{\"k\":\"\\u003cv\\u003e\"},\"n\":3,\"name\":\"C\"}")]
    [InlineData(".nul", "<no value>")]
    [InlineData(".nul.x", "")]
    [InlineData(".w[0].b", "true")]
    [InlineData(".w[1].f", "2.5000005e+06")]
    [InlineData(".w[1].big", "1e+30")]
    [InlineData(".metadata.name.*", "97")]
    [InlineData(".data.x 5", "5")]
    [InlineData(".data.x \"li\\\"t\\u00e9\"", "li\"té")]
    [InlineData(".metadata.name}x{.data.x", "a")]
    [InlineData(".metadata.name}x{.w[5]", "")]
    [InlineData(".data.x foo", "")]
    [InlineData(".data#", "")]
    public void A_column_of_texts_shows_the_first_of_what_its_path_finds(string path, string expected)
    {
        var cell = Assert.Single(Cells("string", path));

        Assert.Equal(expected, cell is TreeNull ? "" : Assert.IsType<TreeString>(cell).Value);
    }

    [Theory]
    [InlineData(".w[")]
    [InlineData(".w[a]")]
    [InlineData(".w[+1]")]
    [InlineData(".w[\"a\"]")]
    [InlineData(".w[99999999999999999999]")]
    [InlineData(".w[?(@.n")]
    [InlineData(".w[?(@.n)")]
    [InlineData(".w[?(@.name=~\"B\")]")]
    [InlineData(".w[?(@.name==\"A\" || @.n==1)].n")]
    [InlineData(".data{.x")]
    [InlineData(".data\t.x")]
    [InlineData("....name")]
    [InlineData(".x \"open")]
    [InlineData(".x \"\\q\"")]
    [InlineData(".x 1.2.3")]
    [InlineData(".x\\")]
    public void From_the_first_path_on_that_is_none_there_are_no_more_columns(string path)
    {
        Assert.Equal(["a"], Cells("string", ".metadata.name", path, ".data.x").Select(c => ((TreeString)c).Value));
    }

    [Theory]
    [InlineData("integer", ".w[0].n", "1")]
    [InlineData("integer", ".w[1].f", "2500000")]
    [InlineData("integer", ".data.x", "null")]
    [InlineData("number", ".w[0].n", "1")]
    [InlineData("number", ".w[0].f", "1.5")]
    [InlineData("boolean", ".w[0].b", "true")]
    [InlineData("boolean", ".data.x", "null")]
    [InlineData("date", ".when", "5m")]
    [InlineData("date", ".never", "<unknown>")]
    [InlineData("date", ".odd", "<invalid>")]
    [InlineData("date", ".w[0].n", "null")]
    [InlineData("string", ".missing", "null")]
    public void A_cell_is_of_its_columns_type_or_empty(string type, string path, string expected) =>
        Assert.Equal(expected, Cells(type, path).Single() is TreeString text ? text.Value : TreeJson.WriteText(Cells(type, path).Single()));

    [Fact]
    public void Without_columns_of_its_own_a_table_shows_the_age()
    {
        var columns = PrinterColumn.Of(new TreeMap());

        Assert.Equal(["Name", "Age"], columns.Select(c => c.Column.Name));
    }

    [Fact]
    public void Paths_in_paths_end_somewhere()
    {
        var path = string.Concat(Enumerable.Repeat("[?(@", 10_000)) + string.Concat(Enumerable.Repeat(")]", 10_000));

        Assert.Null(JsonPath.Parse(path));
        Assert.Null(JsonPath.Parse("." + new string('.', 10_000))?.First(new TreeMap()));
        Assert.Null(JsonPath.Parse("..['a',..,..,..,..]['a',..,..,..,..]['a',..,..,..,..]['a',..,..,..,..]['a',..,..,..,..]")?.First(TreeJson.Parse(Value)));
    }

    private static List<Tree> Cells(string type, params string[] paths)
    {
        var columns = new TreeList();
        foreach (var path in paths)
        {
            columns.Add(new TreeMap { ["name"] = "C", ["type"] = type, ["jsonPath"] = path });
        }

        var value = TreeJson.Parse(Value);
        return [.. PrinterColumn.Of(new TreeMap { ["additionalPrinterColumns"] = columns }).Skip(1).Select(c => c.Cell(value, Now))];
    }
}
