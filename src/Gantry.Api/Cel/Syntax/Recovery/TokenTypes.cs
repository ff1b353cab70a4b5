namespace Gantry.Api.Cel.Syntax.Recovery;

/// <summary>What tokens are called, and sets of them: a bit for each.</summary>
internal static class TokenTypes
{
    private static readonly string[] Names =
    [
        "<EPSILON>", "<EOF>", "'=='", "'!='", "'in'", "'<'", "'<='", "'>='", "'>'", "'&&'", "'||'", "'['", "']'", "'{'", "'}'", "'('", "')'", "'.'", "','", "'-'", "'!'", "'?'",
        "':'", "'+'", "'*'", "'/'", "'%'", "'true'", "'false'", "'null'", "NUM_FLOAT", "NUM_INT", "NUM_UINT", "STRING", "BYTES", "IDENTIFIER",
    ];

    public static ulong Bit(TokenType type) => 1UL << (int)type;

    public static ulong Set(params ReadOnlySpan<TokenType> types)
    {
        var set = 0UL;
        foreach (var type in types)
        {
            set |= Bit(type);
        }
        return set;
    }

    public static bool Has(this ulong set, TokenType type) => (set & Bit(type)) != 0;

    /// <summary>A set as messages show it.</summary>
    public static string Text(ulong set)
    {
        var names = Names.Where((_, i) => set.Has((TokenType)i)).ToList();
        return names.Count == 1 ? names[0] : "{" + string.Join(", ", names) + "}";
    }

    public static TokenType Of(CelToken token) => token.Kind switch
    {
        CelTokenKind.End => TokenType.End,
        CelTokenKind.Int => TokenType.Int,
        CelTokenKind.Uint => TokenType.Uint,
        CelTokenKind.Double => TokenType.Double,
        CelTokenKind.Text => token.Value.Kind == CelKind.Bytes ? TokenType.Bytes : TokenType.Text,
        _ => Array.IndexOf(Names, $"'{token.Text}'") is > 0 and var known ? (TokenType)known : TokenType.Identifier,
    };
}
