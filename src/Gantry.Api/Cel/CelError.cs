namespace Gantry.Api.Cel;

/// <summary>Why a text is no program, or why a program has no value.</summary>
/// <param name="Kind">Which of the two, or that the budget was spent.</param>
/// <param name="Message">What is wrong, without the place.</param>
/// <param name="Line">The line in the text, from 1.</param>
/// <param name="Column">The column in that line, in UTF-16 units from 1.</param>
public sealed record CelError(CelErrorKind Kind, string Message, int Line, int Column)
{
    internal static CelError At(CelErrorKind kind, string message, string text, int position)
    {
        var before = text.AsSpan(0, Math.Min(position, text.Length));
        return new(kind, message, before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }
}
