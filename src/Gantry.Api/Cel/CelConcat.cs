namespace Gantry.Api.Cel;

/// <summary>Two lists one after the other; nothing is copied, so that adding lists costs the same whatever their size.</summary>
internal sealed class CelConcat(CelValue left, CelValue right)
{
    private readonly int _left = left.Count;

    public int Count { get; } = left.Count + right.Count;

    public CelValue this[int index] => index < _left ? left.ItemAt(index) : right.ItemAt(index - _left);
}
