using Gantry.Api.Cel.Syntax;

namespace Gantry.Api.Cel.Checking;

/// <summary>Finds constants that a function can never take: durations, timestamps and regular expressions.</summary>
internal static class CelLiteralChecks
{
    public static void Check(CelNode node, string text, List<CelError> errors)
    {
        switch (node)
        {
            case CelNode.Select select:
                Check(select.Operand, text, errors);
                break;
            case CelNode.List list:
                list.Items.ToList().ForEach(i => Check(i, text, errors));
                break;
            case CelNode.Map map:
                foreach (var entry in map.Entries)
                {
                    Check(entry.Key, text, errors);
                    Check(entry.Value, text, errors);
                }
                break;
            case CelNode.Fold fold:
                foreach (var part in new[] { fold.Range, fold.Initial, fold.Condition, fold.Step, fold.Result })
                {
                    Check(part, text, errors);
                }
                break;
            case CelNode.Call call:
                if (call.Arguments is [CelNode.Literal { Value.Kind: CelKind.String } argument] && IsWrong(call, argument.Value))
                {
                    errors.Add(CelError.At($"invalid {call.Function} argument", text, argument.Position));
                }
                if (call.Target is not null)
                {
                    Check(call.Target, text, errors);
                }
                call.Arguments.ToList().ForEach(a => Check(a, text, errors));
                break;
        }
    }

    private static bool IsWrong(CelNode.Call call, CelValue argument) => call.Function switch
    {
        "duration" or "timestamp" when call.Target is null => CelConversions.Convert(call.Function, argument) is { IsError: true },
        "matches" when call.Target is not null => CelPattern.Problem(argument.Text) is not null,
        _ => false,
    };
}
