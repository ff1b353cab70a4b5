namespace Gantry.Client.Selectors;

/// <summary>Takes selector text apart into words and signs.</summary>
internal static class LabelSelectorTokens
{
    private static readonly string[] Signs = ["==", "!=", "=", "!", "(", ")", ",", ">", "<"];

    public static bool IsSpecial(char c) => "=!(),<>".Contains(c);

    public static IReadOnlyList<string> Of(string text)
    {
        var tokens = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            if (IsBlank(text[at]))
            {
                at++;
                continue;
            }

            var token = IsSpecial(text[at]) ? Sign(text, at) : Word(text, at);
            tokens.Add(token);
            at += token.Length;
        }

        return tokens;
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\n';

    private static string Sign(string text, int at) => Signs.First(s => string.CompareOrdinal(text, at, s, 0, s.Length) == 0);

    private static string Word(string text, int at)
    {
        var end = at;
        while (end < text.Length && !IsBlank(text[end]) && !IsSpecial(text[end]))
        {
            end++;
        }

        return text[at..end];
    }
}
