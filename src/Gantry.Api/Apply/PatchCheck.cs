using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>Whether an applied configuration fits the type it is applied to.</summary>
internal sealed class PatchCheck
{
    private readonly List<PathElement> _path = [];
    private readonly List<string> _problems = [];

    /// <summary>Null when it fits, else what is wrong, in the words of the Go server.</summary>
    public static string? Problem(ApplyShape shape, TreeMap applied)
    {
        var check = new PatchCheck();
        check.Value(shape, applied);
        return check._problems.Count switch
        {
            0 => null,
            1 => check._problems[0],
            _ => "errors:\n" + string.Join('\n', check._problems.Select(p => "  " + p)),
        };
    }

    private void Value(ApplyShape shape, Tree value)
    {
        switch (shape.For(value))
        {
            case ScalarShape scalar when value is not TreeNull:
                Scalar(scalar.Kind, value);
                break;
            case MapShape map when value is not TreeNull:
                if (value is TreeMap members)
                {
                    Members(map, members);
                }
                else
                {
                    Add($"expected map, got {Shown(value)}");
                }
                break;
            case ListShape list when value is not TreeNull:
                if (value is TreeList items)
                {
                    Items(list, items);
                }
                else
                {
                    Add($"expected list, got {Shown(value)}");
                }
                break;
        }
    }

    private void Scalar(ScalarKind kind, Tree value)
    {
        switch (kind)
        {
            case ScalarKind.Numeric when value is not (TreeInteger or TreeFloat):
                Add("expected numeric (int or float), got " + GoSyntax.TypeOf(value));
                break;
            case ScalarKind.String when value is not TreeString:
                Add($"expected string, got &value.valueUnstructured{{Value:{GoSyntax.Source(value)}}}");
                break;
            case ScalarKind.Boolean when value is not TreeBool:
                Add("expected boolean, got " + Shown(value));
                break;
            case ScalarKind.Untyped when value is TreeMap or TreeList:
                Add("expected any scalar, got " + Shown(value));
                break;
        }
    }

    private void Members(MapShape shape, TreeMap members)
    {
        for (var i = 0; i < members.Count; i++)
        {
            var below = shape.Member(members.KeyAt(i), out var element, out var described);
            _path.Add(element);
            var unknown = !described && shape.Others is null;
            if (unknown)
            {
                Add("field not declared in schema");
            }
            else
            {
                Value(below, members.ValueAt(i));
            }
            _path.RemoveAt(_path.Count - 1);
            if (unknown)
            {
                // The first one ends the look at the object.
                return;
            }
        }
    }

    private void Items(ListShape shape, TreeList items)
    {
        var seen = new HashSet<PathElement>();
        for (var i = 0; i < items.Count; i++)
        {
            var element = PathElement.OfIndex(i);
            if (shape.Merging != ListMerging.Atomic)
            {
                if (shape.ElementOf(items[i], out var error) is not { } named)
                {
                    Add($"element {i}: {error}");
                    return;
                }
                element = named;
                if (!seen.Add(element))
                {
                    Add($"duplicate entries for key {element}");
                }
            }
            _path.Add(element);
            Value(shape.Item, items[i]);
            _path.RemoveAt(_path.Count - 1);
        }
    }

    private void Add(string problem) => _problems.Add(_path.Count == 0 ? problem : $"{string.Concat(_path)}: {problem}");

    private static string Shown(Tree value) => $"&{{{GoSyntax.Plain(value)}}}";
}
