using Gantry.Api.Trees;

namespace Gantry.Api.Tests.Trees;

public sealed class YamlWritingTests
{
    private static readonly string Long = string.Concat(Enumerable.Repeat("word ", 20)).TrimEnd();

    [Theory]
    [InlineData("""{"b":1,"a":{"x":[1,"y",{"k":null,"l":[]},[true,[]]],"z":{}}}""", "a:\n  x:\n  - 1\n  - \"y\"\n  - k: null\n    l: []\n  - - true\n    - []\n  z: {}\nb: 1\n")]
    [InlineData("""{"k10":1,"k2":2,"K":3,"_":4,"":5}""", "\"\": 5\n_: 4\nK: 3\nk2: 2\nk10: 1\n")]
    [InlineData(
        """["true","yes","n","null","1","0x1f","1e3",".5","1:30","2024-01-01","~",""]""",
        "- \"true\"\n- \"yes\"\n- \"n\"\n- \"null\"\n- \"1\"\n- \"0x1f\"\n- \"1e3\"\n- \".5\"\n- \"1:30\"\n- \"2024-01-01\"\n- \"~\"\n- \"\"\n")]
    [InlineData(
        """["a: b","a #b","- a","a ","@a","it's","'a'","a:b","a#b","10.0.0.1","%","---"]""",
        "- 'a: b'\n- 'a #b'\n- '- a'\n- 'a '\n- '@a'\n- it's\n- '''a'''\n- a:b\n- a#b\n- 10.0.0.1\n- '%'\n- '---'\n")]
    [InlineData(
        """{"a":"x\ny\n","b":"x\ny","c":"x\n\n","d":" x\ny","e":"x \ny","f":"x\ty\n","g":"\n"}""",
        "a: |\n  x\n  y\nb: |-\n  x\n  y\nc: |+\n  x\n\nd: |2-\n   x\n  y\ne: \"x \\ny\"\nf: \"x\\ty\\n\"\ng: |2+\n\n")]
    [InlineData("""{"a":"\u0001","b":"\ud83d\ude00","c":"\u00e9","d":"\ufeff","<<":1}""", "\"<<\": 1\na: \"\\x01\"\nb: \"\\U0001F600\"\nc: é\nd: \"\\uFEFF\"\n")]
    [InlineData("[1.5,1e21,1e-7,123456789.5,1000000,0.1,100000,-2.5e-9,0.0001]", "- 1.5\n- 1e+21\n- 1e-07\n- 1.234567895e+08\n- 1000000\n- 0.1\n- 100000\n- -2.5e-09\n- 0.0001\n")]
    [InlineData("""{"a\nb":1}""", "? |-\n  a\n  b\n: 1\n")]
    public void Values_are_written_as_Kubernetes_writes_them(string json, string yaml) => Assert.Equal(yaml, TreeYaml.Write(TreeJson.Parse(json)));

    [Fact]
    public void Long_lines_are_broken_at_a_space_after_eighty_characters() =>
        Assert.Equal($"a:\n- {Long[..79]}\n  {Long[80..]}\n", TreeYaml.Write(new TreeMap { ["a"] = new TreeList([(TreeString)Long]) }));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_written_is_read_again(int seed)
    {
        string[] bits = ["a", "b ", " ", "\n", "\t", ":", ": ", "#", " #", "-", "- ", "?", "'", "\"", "\\", "{", "]", ",", "&", "*", "!", "|", ">", "%", "@", "~", "null", "yes", "1", "1:30", "é", "\u0085", "\ufeff", "😀", "\u0001", "<<", "...", Long];
        var random = new Random(seed);
        string Text() => string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => bits[random.Next(bits.Length)]));
        Tree Any(int depth)
        {
            switch (random.Next(depth > 3 ? 3 : 6))
            {
                case 0:
                    return TreeInteger.Of(random.Next(-5, 2000));
                case 1 or 2:
                    return new TreeString(Text());
                case 3:
                    return new TreeList(Enumerable.Range(0, random.Next(4)).Select(_ => Any(depth + 1)));
                default:
                    var map = new TreeMap();
                    for (var count = random.Next(5); count > 0; count--)
                    {
                        map[Text()] = Any(depth + 1);
                    }

                    return map;
            }
        }

        for (var round = 0; round < 5_000; round++)
        {
            var value = Any(0);
            Assert.Equal(value, TreeYaml.Parse(TreeYaml.Write(value)));
        }
    }
}
