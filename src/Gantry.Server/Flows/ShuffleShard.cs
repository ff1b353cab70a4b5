using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gantry.Server.Flows;

/// <summary>
/// Deals every flow a small hand of a level's queues. Two flows rarely have the same hand, so a flow that fills its queues leaves most others
/// a free one.
/// </summary>
public static class ShuffleShard
{
    /// <summary>The flow of a schema's requests with that distinguisher, as a number.</summary>
    public static ulong Hash(string schema, string distinguisher)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(schema + "," + distinguisher), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>Fills the hand with different numbers below <paramref name="queues"/>, the same for the same flow.</summary>
    /// <param name="flow">From <see cref="Hash"/>.</param>
    /// <param name="queues">At least as many as the hand is long.</param>
    /// <param name="hand">Where the numbers go.</param>
    public static void Deal(ulong flow, int queues, Span<int> hand)
    {
        Span<int> taken = stackalloc int[hand.Length];
        for (var i = 0; i < hand.Length; i++)
        {
            var left = (ulong)(queues - i);
            var card = (int)(flow % left);
            flow /= left;
            // The card counts among those not dealt yet: every smaller one that is taken already moves it by one.
            var at = 0;
            for (; at < i && taken[at] <= card; at++)
            {
                card++;
            }

            taken[at..i].CopyTo(taken[(at + 1)..]);
            taken[at] = card;
            hand[i] = card;
        }
    }
}
