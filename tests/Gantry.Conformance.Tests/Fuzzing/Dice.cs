using System.Text;

namespace Gantry.Conformance.Tests.Fuzzing;

/// <summary>What one hostile request is made of; the same seed gives the same request.</summary>
internal sealed class Dice(int seed)
{
    private static readonly string[] Words =
    [
        "", "a", "x", "default", "name", "kube-system", "A", "UPPER", "with space", "-", "a-", "a.b", "a/b", "a//b", "..", ".", "*", "true", "null", "0", "-1", "1", "80", "http", "65536",
        "9223372036854775807", "-9223372036854775808", "1e400", "NaN", "100m", "1Gi", "1.5", "1E", "Ei", "10m0s", "-5s", "2026-01-01T00:00:00Z", "2026-13-41T99:99:99Z", "10.96.0.1", "::1", "fe80::1%eth0",
        "10.0.0.0/8", "300.1.1.1", "IfNotPresent", "Always", "Never", "TCP", "ClusterIP", "None", "kubernetes.io/hostname", "example.com/thing", "{}", "[]", "\"", "'", "\\", "%00", "\0", "\n", "é", "日本", "\ud83d",
        "%", "%2e%2e", "$(VAR)", "${x}", "{{x}}", "<script>", "a=b", "a in (b)", "!a", "self.x > 1", "object.metadata.name", "has(self.a)", "^[a-z]+$", "(a+)+$", "[", "base64==", "YQ==",
    ];

    private readonly Random _random = new(seed);

    public bool Once(int inHowMany) => _random.Next(inHowMany) == 0;

    public int Below(int limit) => _random.Next(limit);

    public T Of<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    /// <summary>A word that has broken a parser somewhere, now and then a long one.</summary>
    public string Word() => Once(60) ? new string(Of((char[])['a', '.', '/', '1', '\u00e9']), 1 << Below(14)) : Of(Words);

    public double Number() => Of((double[])[0, 1, -1, 2, 80, 65535, 65536, 1.5, -0.0, int.MaxValue, int.MinValue, long.MaxValue, 1e18, 1e300]);

    /// <summary>The bytes with a few places spoilt.</summary>
    public byte[] Spoil(byte[] bytes)
    {
        var made = bytes.ToList();
        for (var i = Below(4); i >= 0; i--)
        {
            var at = Below(made.Count + 1);
            switch (Below(6))
            {
                case 0 when made.Count > 0:
                    made[Math.Min(at, made.Count - 1)] = (byte)Below(256);
                    break;
                case 1:
                    made.InsertRange(at, Encoding.UTF8.GetBytes(Word()));
                    break;
                case 2:
                    made.RemoveRange(at, Math.Min(Below(20), made.Count - at));
                    break;
                case 3:
                    made.RemoveRange(at, made.Count - at);
                    break;
                case 4:
                    made.InsertRange(at, made.Skip(Below(made.Count + 1)).Take(Below(40)).ToList());
                    break;
                default:
                    made.InsertRange(at, Enumerable.Repeat(Of("[{\"'(:,\0 \t"u8.ToArray()), 1 << Below(10)));
                    break;
            }
        }

        return [.. made];
    }
}
