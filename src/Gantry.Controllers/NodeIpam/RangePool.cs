using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Gantry.Controllers.NodeIpam;

/// <summary>A cluster range cut into blocks of one size, one for each node. Not for several threads.</summary>
public sealed class RangePool
{
    private readonly UInt128 _first;
    private readonly int _bits;
    private readonly int _prefix;
    private readonly UInt128 _count;
    private readonly HashSet<UInt128> _taken = [];
    private UInt128 _next;

    /// <param name="range">The whole range.</param>
    /// <param name="prefix">The prefix length of a block, not shorter than the range's.</param>
    public RangePool(IPNetwork range, int prefix)
    {
        Range = range;
        _prefix = prefix;
        _bits = range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        _first = Number(range.BaseAddress);
        _count = UInt128.One << Math.Min(prefix - range.PrefixLength, 126);
    }

    public IPNetwork Range { get; }

    /// <summary>Marks every block that overlaps the network as taken. Networks outside the range are nobody's business here.</summary>
    public void Take(IPNetwork network)
    {
        if (network.BaseAddress.AddressFamily != Range.BaseAddress.AddressFamily || !Range.Contains(network.BaseAddress))
        {
            return;
        }

        var from = (Number(network.BaseAddress) - _first) >> (_bits - _prefix);
        var blocks = network.PrefixLength >= _prefix ? UInt128.One : UInt128.One << Math.Min(_prefix - network.PrefixLength, 16);
        for (var i = UInt128.Zero; i < blocks; i++)
        {
            _taken.Add(from + i);
        }
    }

    /// <summary>The lowest free block, or null when there is none.</summary>
    public IPNetwork? Next()
    {
        while (_next < _count && !_taken.Add(_next))
        {
            _next++;
        }

        return _next < _count ? new IPNetwork(Address(_first + (_next << (_bits - _prefix))), _prefix) : null;
    }

    private UInt128 Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return _bits == 32 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private IPAddress Address(UInt128 number)
    {
        var bytes = new byte[_bits / 8];
        if (_bits == 32)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)number);
        }
        else
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        }

        return new IPAddress(bytes);
    }
}
