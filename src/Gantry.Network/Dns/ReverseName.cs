using System.Globalization;
using System.Net;

namespace Gantry.Network.Dns;

/// <summary>Reads the names under in-addr.arpa and ip6.arpa that stand for whole addresses.</summary>
public static class ReverseName
{
    /// <summary>Takes labels from the left in lower case. False for anything but a complete address.</summary>
    public static bool TryParse(IReadOnlyList<string> labels, out IPAddress address)
    {
        address = IPAddress.None;
        if (labels.Count < 2 || !string.Equals(labels[^1], "arpa", StringComparison.Ordinal))
        {
            return false;
        }

        return (labels[^2], labels.Count) switch
        {
            ("in-addr", 6) => TryFour(labels, out address),
            ("ip6", 34) => TrySix(labels, out address),
            _ => false,
        };
    }

    private static bool TryFour(IReadOnlyList<string> labels, out IPAddress address)
    {
        address = IPAddress.None;
        var bytes = new byte[4];
        for (var i = 0; i < 4; i++)
        {
            if (!byte.TryParse(labels[3 - i], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
            {
                return false;
            }
        }

        address = new(bytes);
        return true;
    }

    private static bool TrySix(IReadOnlyList<string> labels, out IPAddress address)
    {
        address = IPAddress.None;
        var bytes = new byte[16];
        for (var i = 0; i < 32; i++)
        {
            var label = labels[31 - i];
            if (label.Length != 1 || !char.IsAsciiHexDigit(label[0]))
            {
                return false;
            }

            bytes[i / 2] = (byte)((bytes[i / 2] << 4) | Convert.ToInt32(label, 16));
        }

        address = new(bytes);
        return true;
    }
}
