namespace Gantry.Server.Flows;

/// <summary>What a priority level asks of the server's seats, as its spec says.</summary>
/// <param name="IsExempt">Exempt levels take what they need; their shares are only what others may count on borrowing.</param>
/// <param name="Shares">nominalConcurrencyShares.</param>
/// <param name="LendablePercent">How much of its seats others may use.</param>
/// <param name="BorrowingLimitPercent">How much it may use of others' seats; null for no limit.</param>
public readonly record struct SeatClaim(bool IsExempt, int Shares, int LendablePercent, int? BorrowingLimitPercent);
