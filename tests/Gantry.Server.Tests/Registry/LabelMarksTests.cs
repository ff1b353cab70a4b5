using Gantry.Client.Selectors;
using Gantry.Server.Registry;

namespace Gantry.Server.Tests.Registry;

public sealed class LabelMarksTests
{
    private static readonly string[] Texts =
        ["a=1", "a==1,b=2", "a!=1", "a in (1,2)", "a in (3)", "a notin (1,2)", "a", "!a", "a>1", "b<3", "a,!b", "c=", "c in (,1)", "a in (1,2),b in (2),c"];

    [Fact]
    public void What_a_selector_matches_has_its_marks()
    {
        var matched = 0;
        foreach (var text in Texts)
        {
            Assert.True(LabelSelector.TryParse(text, out var selector, out _));
            var marks = LabelMarks.Of(selector);
            foreach (var labels in AllLabels())
            {
                if (selector.Matches(labels))
                {
                    matched++;
                    Assert.True((LabelMarks.Of(labels) & marks) == marks, $"{text} misses {string.Join(',', labels)}");
                }
            }
        }

        Assert.True(matched > 100);
    }

    [Fact]
    public void Few_others_have_them()
    {
        KeyValuePair<string, string>[] Labels(int number) => [new("app", "app" + number), new("tier", "web"), new("pod-template-hash", "h" + number)];
        var wrong = 0;
        for (var wanted = 0; wanted < 100; wanted++)
        {
            var marks = LabelMarks.Of(LabelSelector.Of([new("app", "app" + wanted)]));
            wrong += Enumerable.Range(100, 100).Count(number => (LabelMarks.Of(Labels(number)) & marks) == marks);
        }

        // Of ten thousand pairs; chance alone makes about two hundred.
        Assert.InRange(wrong, 0, 1_000);
    }

    private static IEnumerable<KeyValuePair<string, string>[]> AllLabels()
    {
        string?[] values = [null, "", "1", "2", "3"];
        return from a in values
               from b in values
               from c in values
               select (KeyValuePair<string, string>[])[.. new (string Key, string? Value)[] { ("a", a), ("b", b), ("c", c) }.Where(l => l.Value is not null).Select(l => new KeyValuePair<string, string>(l.Key, l.Value!))];
    }
}
