using System.Security.Cryptography;
using System.Text;
using Gantry.Server.Requests;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>Tokens from a file of lines <c>token,user,uid,"group1,group2"</c>.</summary>
public sealed class StaticTokens : ITokenAuthenticator
{
    private readonly IReadOnlyList<(byte[] Hash, UserInfo User)> _users;

    private StaticTokens(IReadOnlyList<(byte[] Hash, UserInfo User)> users)
    {
        _users = users;
    }

    /// <summary>Reads the lines of such a file.</summary>
    /// <exception cref="FormatException">A line has too few columns or an empty token; the message names the line, never the token.</exception>
    public static StaticTokens Parse(string csv)
    {
        var users = new List<(byte[], UserInfo)>();
        var number = 0;
        foreach (var line in csv.Split('\n'))
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0 || text.StartsWith('#'))
            {
                continue;
            }

            var columns = Columns(text);
            if (columns.Count < 3)
            {
                throw new FormatException($"token file, line {number}: at least token, user name and uid are needed");
            }

            if (columns[0].Length == 0)
            {
                throw new FormatException($"token file, line {number}: the token is empty");
            }

            var groups = columns.Count > 3 ? columns[3].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [];
            users.Add((Hash(columns[0]), new UserInfo { Name = columns[1], Uid = columns[2], Groups = groups }));
        }

        return new StaticTokens(users);
    }

    public ValueTask<TokenOutcome> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellation)
    {
        // Hashes have one length and every line is compared, so the time tells nothing about how far a guess got.
        var hash = Hash(token);
        UserInfo? found = null;
        foreach (var (known, user) in _users)
        {
            if (CryptographicOperations.FixedTimeEquals(known, hash))
            {
                found = user;
            }
        }

        return ValueTask.FromResult(found is null ? TokenOutcome.None : new TokenOutcome.Known(found, []));
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static List<string> Columns(string line)
    {
        var columns = new List<string>();
        var column = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                _ = column.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                columns.Add(column.ToString().Trim());
                _ = column.Clear();
            }
            else
            {
                _ = column.Append(c);
            }
        }

        columns.Add(column.ToString().Trim());
        return columns;
    }
}
