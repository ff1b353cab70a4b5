using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Gantry.Server.Services;

/// <summary>
/// The usable addresses of one network. As many servers do, free choice prefers the upper part, so that addresses that people pick by hand,
/// which tend to be low, stay free.
/// </summary>
public sealed class AddressRange
{
    // Of larger ranges only the beginning is used: nobody has more Services, and the dice need an int. Of IPv6 it is as much as Kubernetes uses.
    private const int MaxBits = 20;
    private const int MaxBits6 = 16;

    private readonly UInt128 _base;

    public AddressRange(IPNetwork network)
    {
        Network = network;
        _base = Number(network.BaseAddress);
        var bits = (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) - network.PrefixLength;
        var most = IsV6 ? MaxBits6 : MaxBits;
        // The first address names the network; the last one of IPv4 is for broadcasts.
        Count = Math.Max(0, (1 << Math.Min(bits, most)) - (IsV6 || bits > most ? 1 : 2));
    }

    public IPNetwork Network { get; }

    public bool IsV6 => Network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    public string Family => IsV6 ? "IPv6" : "IPv4";

    /// <summary>How many addresses can be given out, at offsets 1 to this.</summary>
    public int Count { get; }

    /// <summary>The offsets up to this one are chosen freely only when the others are taken.</summary>
    public int Reserved => Count < 16 ? 0 : Math.Clamp(Count / 16, 16, 256);

    public IPAddress At(int offset) => Address(_base + (UInt128)offset);

    /// <summary>Whether the address can be given out.</summary>
    public bool Holds(IPAddress address)
    {
        if (address.AddressFamily != Network.BaseAddress.AddressFamily)
        {
            return false;
        }

        var number = Number(address);
        return number > _base && number - _base <= (UInt128)Count;
    }

    private static UInt128 Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private IPAddress Address(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[IsV6 ? 16 : 4];
        if (IsV6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)number);
        }

        return new IPAddress(bytes);
    }
}
