const ROWS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];

/** What stands where rows will be, of the same height, so that nothing jumps. */
export function RowsSkeleton() {
  return (
    <div className="skeleton-rows" aria-hidden="true">
      {ROWS.map((row, index) => (
        <div key={row} className="row">
          <span className="bone time" />
          <span className={`bone message w${index % 4}`} />
          <span className="bone chips" />
          <span className="bone total" />
        </div>
      ))}
    </div>
  );
}

export function LogSkeleton() {
  return (
    <div className="page">
      <section className="panel overview" aria-hidden="true">
        <div className="overview-body">
          <div className="volume" />
          <div className="cards">
            <CardsSkeleton />
          </div>
        </div>
      </section>
      <section className="panel log" aria-busy="true">
        <div className="filter-bar" />
        <RowsSkeleton />
      </section>
    </div>
  );
}

export function CardsSkeleton() {
  return (
    <>
      {ROWS.slice(0, 4).map((row) => (
        <div key={row} className="channel-card" aria-hidden="true">
          <span className="bone message w1" />
          <span className="bone bars" />
          <span className="bone message w3" />
        </div>
      ))}
    </>
  );
}
