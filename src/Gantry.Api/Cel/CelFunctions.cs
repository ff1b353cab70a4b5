namespace Gantry.Api.Cel;

/// <summary>The functions by name; null where there is none for such arguments.</summary>
internal static class CelFunctions
{
    public static CelValue? Apply(CelNode.Call call, List<CelValue> values)
    {
        if (call.Function == "size" && values.Count == 1)
        {
            return values[0].Kind switch
            {
                CelKind.String => CelValue.Of((long)values[0].Text.EnumerateRunes().Count()),
                CelKind.Bytes => CelValue.Of((long)values[0].Bytes.Length),
                CelKind.List or CelKind.Map => CelValue.Of((long)values[0].Count),
                _ => null,
            };
        }
        if (values.Count == 1)
        {
            return call.Target is null ? CelConversions.Convert(call.Function, values[0], call.Position) : null;
        }
        if (values.Count != 2 || values[0].Kind != CelKind.String || values[1].Kind != CelKind.String)
        {
            return null;
        }
        var (text, other) = (values[0].Text, values[1].Text);
        return call.Function switch
        {
            "matches" => CelPattern.Matches(text, other, call.Position),
            "contains" when call.Target is not null => CelValue.Of(text.Contains(other, StringComparison.Ordinal)),
            "startsWith" when call.Target is not null => CelValue.Of(text.StartsWith(other, StringComparison.Ordinal)),
            "endsWith" when call.Target is not null => CelValue.Of(text.EndsWith(other, StringComparison.Ordinal)),
            _ => null,
        };
    }
}
