using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.State;

/// <summary>One distinct term and how many pods of every node hold it.</summary>
internal sealed class TermHolders(TermKind kind, int weight, PodTerm term)
{
    private int[] _bySlot = [];

    public TermKind Kind => kind;

    public int Weight => weight;

    public PodTerm Term => term;

    public int Total { get; private set; }

    public int At(int slot) => slot < _bySlot.Length ? _bySlot[slot] : 0;

    public void Apply(int slot, int sign)
    {
        if (slot >= _bySlot.Length)
        {
            Array.Resize(ref _bySlot, Math.Max(slot + 1, _bySlot.Length * 2));
        }

        _bySlot[slot] += sign;
        Total += sign;
    }
}
