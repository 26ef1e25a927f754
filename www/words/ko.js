// @ts-check
/** @import { ErrorCode } from '../gradlens/dist/index.js' */
/** @import { en } from './en.js' */

/** @param {number} number */
const many = (number) => `${number.toLocaleString('ko')}개`;

/** @type {Record<ErrorCode, string>} */
const codes = {
  'invalid-image': '이미지 데이터가 올바르지 않습니다.',
  'image-too-large': '이미지가 너무 큽니다.',
  'invalid-class': '존재하지 않는 클래스입니다.',
  'unknown-method': '알 수 없는 기법입니다.',
  'unknown-layer': '알 수 없는 층입니다.',
  'unknown-backend': '알 수 없는 백엔드입니다.',
  'unknown-colormap': '알 수 없는 컬러맵입니다.',
  'method-needs-head': '이 기법은 헤드 층에서만 쓸 수 있습니다.',
  'invalid-input-size': '입력 크기가 올바르지 않습니다.',
  'invalid-argument': '인수가 올바르지 않습니다.',
  'model-unavailable': '모델 파일을 불러오지 못했습니다. 연결 상태를 확인한 뒤 다시 시도하십시오.',
  'invalid-model': '모델 파일이 손상되었거나 형식이 올바르지 않습니다.',
  'runtime-unavailable': '프로그램을 불러오지 못했습니다. 연결 상태를 확인한 뒤 다시 시도하십시오.',
  'simd-unsupported': '이 브라우저는 신경망 실행에 필요한 WebAssembly SIMD를 지원하지 않습니다. Chrome과 Edge는 91, Firefox는 89, Safari는 16.4 버전부터 지원합니다.',
  'webgpu-unavailable': '이 환경에서는 WebGPU를 사용할 수 없습니다.',
  'device-error': '연산 장치에서 오류가 발생했습니다.',
  'not-finite': '신경망이 유한하지 않은 값을 출력했습니다.',
  'out-of-memory': '메모리가 부족합니다.',
  'aborted': '작업이 중단되었습니다.',
  'disposed': '이미 해제된 신경망입니다. 다시 불러와야 합니다.',
  'internal': '내부 오류가 발생했습니다.',
};

/** @type {typeof en} */
export const ko = {
  locale: 'ko',

  top: {
    explain: 'gradlens: 신경망은 무엇을 보았습니까?',
    evaluate: 'gradlens: 맵은 얼마나 충실합니까?',
    look: '신경망은 무엇을 보았습니까?',
    faithful: '맵은 얼마나 충실합니까?',
    pages: '페이지',
    toEvaluate: '평가',
    toExplain: '사진 분석',
    toAbout: '소개',
    open: '사진 열기',
    language: '언어',
    loss: '언어를 바꾸려면 페이지를 새로 불러와야 하며, 직접 연 사진과 결과는 사라집니다. 계속하시겠습니까?',
  },

  stage: {
    title: '사진과 맵',
    modes: '표시할 내용',
    objects: '객체',
    oneClass: '한 클래스',
    compare: '기법 비교',
    noPhoto: '아직 사진이 없습니다',
    noMap: '아직 맵이 없습니다',
    maps: '모든 기법의 맵',
    low: '낮음',
    high: '높음',
    scale: '근거의 색 눈금, 낮음에서 높음까지',
    map: '맵',
    mapHint: '사진을 눌러도 같습니다',
    yourPhoto: '내 사진',
    photo: (name) => `사진: ${name}`,
    drop: '분석할 사진을 여기에 놓으십시오',
  },

  loading: {
    network: '신경망을 불러오는 중',
    check: '신경망을 시험하는 중',
    loaded: (loaded) => `${loaded}MB`,
    loadedOf: (loaded, total) => `${total}MB 중 ${loaded}MB`,
  },

  status: {
    none: '백엔드를 아직 불러오지 않았습니다',
    cpu: 'CPU(WebAssembly SIMD)',
    webgpu: 'WebGPU',
    because: (reason) => ` (이유: ${reason})`,
    took: (what, milliseconds) => `${what}: ${milliseconds}ms`,
    objects: '객체',
    map: '맵',
    maps: (number) => `맵 ${many(number)}`,
    credit: (author, licence) => `사진: ${author}, ${licence}`,
  },

  offline: {
    ready: '오프라인에서도 사용할 수 있습니다',
    update: '새 버전이 있습니다.',
    reload: '새로 고침',
  },

  places: [
    ['왼쪽 위', '위쪽', '오른쪽 위'],
    ['왼쪽', '가운데', '오른쪽'],
    ['왼쪽 아래', '아래쪽', '오른쪽 아래'],
  ],

  answer: {
    strongest: (place) => `근거는 ${place}에서 가장 강합니다.`,
    noEvidence: '이 클래스를 뒷받침하는 근거가 없어 맵이 비어 있습니다.',
    probability: (percent, more) => `확률 ${percent}. ${more}`,
    mapOf: (label, more) => `${label} 클래스의 근거 맵: ${more}`,
    pressMap: '맵을 누르면 하나만 크게 볼 수 있습니다.',
    layer: (layer) => `${layer} 층`,
    emptyMap: '빈 맵',
  },

  objects: {
    title: '객체',
    hint: '사진의 모든 창(window)을 분류합니다. 점수는 신뢰도가 가장 높은 창의 점수이며, 같은 자리를 설명하는 클래스들은 하나의 객체로 묶습니다. 이것은 검출기가 아니라 분류기의 판단입니다. 같은 종류의 개수는 세지 않으며, 윤곽선은 사물의 경계가 아니라 근거가 최댓값의 절반이 되는 선입니다.',
    none: '객체를 찾지 못했습니다',
    nothing: '이 사진의 어느 부분에서도 신경망이 확신하는 클래스가 없습니다. ‘한 클래스’에서 가장 가까운 클래스를 볼 수 있습니다.',
    mapOfNone: (more) => `객체가 없는 맵: ${more}`,
    one: (place) => `객체 1개, 위치: ${place}.`,
    many: (number) => `객체 ${many(number)}`,
    surest: (labels) => `신뢰도 순: ${labels}.`,
    mapOf: (objects) => `객체 맵: ${objects}.`,
    withEmptyMap: '빈 맵',
    or: (candidates) => `다른 후보: ${candidates}`,
  },

  classes: {
    title: '신경망이 본 것',
  },

  search: {
    title: '클래스 찾기',
    placeholder: '클래스 이름(영어) 또는 번호',
    options: '일치하는 클래스',
    none: (query) => `‘${query}’에 해당하는 클래스가 없습니다. 클래스 1,000개의 이름은 모두 영어입니다.`,
  },

  methods: {
    title: '기법',
    gradCamPlusPlus: '양의 그래디언트에 가중치를 두어 여러 객체를 찾습니다',
    gradCam: '채널마다 그래디언트의 평균을 가중치로 씁니다',
    layerCam: '양의 그래디언트만 위치별로 곱합니다',
    hiResCam: '그래디언트와 활성값을 위치별로 곱합니다',
    xGradCam: '채널이 활성화된 위치에 따라 그래디언트를 가중합니다',
    cam: '그래디언트 없이 분류기의 가중치를 그대로 씁니다',
  },

  display: {
    title: '표시',
    opacity: '불투명도',
    hide: '가리기',
    hideHint: '가장 강한 근거에 견주어 이 비율에 못 미치는 부분을 검게 가립니다',
    hideNothing: '끔',
    colours: '색상',
    greyscale: '회색조',
  },

  advanced: {
    title: '고급 설정',
    layer: '층',
    ownLayer: '기법의 기본값',
    features: '특징 층(채널 320개)',
    head: '헤드 층(채널 1280개)',
    camAtHead: 'CAM은 분류기의 가중치를 읽으므로 헤드 층에서만 정의됩니다.',
    xGradCamAtFeatures: '이 층에서는 XGrad-CAM이 0에 가까운 합으로 나누게 되므로 맵을 신뢰하기 어렵습니다.',
    detail: '해상도',
    fastest: '224픽셀, 가장 빠름',
    middle: '320픽셀',
    finest: '448픽셀, 가장 세밀함',
    longSide: '긴 변 448픽셀',
    detailHint: '신경망이 보는 사진의 짧은 변 길이입니다. 객체처럼 ‘긴 변’이라고 적힌 경우에는 긴 변의 길이입니다. 맵의 한 칸은 이 픽셀로 32픽셀입니다.',
  },

  tools: {
    undo: '되돌리기',
    undoHint: '이전 사진으로 돌아갑니다(Ctrl+Z 또는 ⌘Z)',
    link: '링크 복사',
    linkCopied: '링크를 복사했습니다',
    linkNotCopied: '브라우저가 복사를 허용하지 않습니다. 주소 표시줄에서 주소를 복사하십시오.',
    unknown: (parts) => `주소가 가리키는 항목이 이 페이지에 없습니다: ${parts}. 해당 항목을 제외하고 열었습니다.`,
  },

  downloads: {
    title: '저장',
    picture: '맵을 얹은 사진(PNG)',
    png16: '맵(16비트 회색조 PNG)',
    npy: '맵 수치(NumPy, float32)',
    npyMany: '모든 맵의 수치(NumPy, float32)',
    json: '모든 수치(JSON)',
  },

  camera: {
    open: '카메라',
    title: '카메라',
    preview: '카메라 화면',
    take: '사진 찍기',
    live: '실시간 맵',
    close: '닫기',
    photo: '카메라 사진',
    credit: '내 카메라로 찍은 사진',
    sees: (label, percent) => `${label}, ${percent}`,
    rate: (frames) => `초당 ${frames}프레임`,
    lost: '카메라의 연결이 끊겼거나 사용 권한이 회수되었습니다.',
    failures: {
      NotAllowedError: '카메라 사용이 허용되지 않았습니다. 브라우저 설정에서 이 페이지의 카메라 사용을 허용한 뒤 ‘카메라’를 다시 누르십시오.',
      NotFoundError: '이 기기에서 카메라를 찾지 못했습니다. 카메라를 연결하거나 사진을 여십시오.',
      NotReadableError: '카메라를 시작할 수 없습니다. 다른 프로그램이 사용 중일 수 있으니, 그 프로그램을 닫고 다시 시도하십시오.',
      SecurityError: '브라우저는 https로 연 페이지에서만 카메라를 허용합니다. 이 페이지를 https로 열거나 사진을 여십시오.',
    },
    failed: (message) => `카메라를 시작하지 못했습니다: ${message}`,
  },

  gallery: {
    title: '예제 사진',
    hint: '직접 고른 사진을 열거나, 끌어다 놓거나, 붙여 넣을 수도 있습니다. 사진은 이 기기를 벗어나지 않습니다.',
  },

  samples: {
    jaguar: '재규어',
    dog: '개',
    chelsea: '고양이 첼시',
    crocodile: '악어',
    chicken: '암탉',
    scarlet_macaw: '금강앵무',
    mosaic: '네 장 모음',
    panda: '판다',
    koala: '코알라',
    polar_bear: '북극곰',
    lemur: '여우원숭이',
    coffee: '커피',
    bison: '들소',
    duck: '오리',
    cat: '새끼 고양이',
    moose: '무스',
    horse: '말',
    sheep: '양',
    cow: '소',
    giraffe: '기린',
  },

  credits: {
    title: '사진 출처',
    publicDomain: '퍼블릭 도메인',
    cc0AndPublicDomain: 'CC0-1.0 및 퍼블릭 도메인',
    anonymous: '작자 미상',
    mosaicAuthors: '개, 판다, 금강앵무, 암탉 사진의 작가들',
    thisPage: '이 페이지',
  },

  about: {
    title: '소개',
    failed: '이 부분을 불러오지 못했습니다. 페이지를 새로 고치십시오.',
  },

  alert: {
    dismiss: '닫기',
    retry: '다시 시도',
    reload: '페이지 새로 고침',
    chooseBackend: '백엔드 자동 선택',
  },

  errors: {
    said: (code, message) => {
      const known = codes[/** @type {ErrorCode} */ (code)];
      return known ? `${known} (${message})` : message;
    },
    program: '프로그램을 불러오지 못했습니다. 연결 상태를 확인한 뒤 페이지를 새로 고치십시오.',
    reader: '사진을 읽는 부분을 불러오지 못했습니다. 페이지를 새로 고치십시오.',
    sample: (name) => `예제 사진 ‘${name}’ 파일을 불러오지 못했습니다. 연결 상태를 확인한 뒤 다시 시도하십시오.`,
    notReadable: (name) => `‘${name}’ 파일은 이 브라우저가 읽을 수 있는 이미지가 아닙니다.`,
    fileNotReadable: '이 브라우저가 읽을 수 있는 이미지 파일이 아닙니다.',
    otherFile: (type) => `이미지가 아닌 파일입니다(형식: ${type}).`,
  },

  choice: {
    title: '어느 기법의 맵이 가장 충실합니까?',
    lede: '맵이 가리키지 않는 부분을 검게 가리고 신경망에 다시 묻습니다. 점수가 덜 떨어질수록 맵이 신경망의 근거를 더 많이 찾은 것입니다. 여러 사진에서 측정하여 기법을 비교합니다.',
    folder: '폴더 선택',
    photos: '사진 선택',
    samples: '예제 사진으로 해 보기',
    hint: '사진이나 폴더를 아무 곳에나 끌어다 놓아도 됩니다. 신경망이 이 브라우저에서 실행되므로 사진은 이 기기를 벗어나지 않습니다.',
    drop: '평가할 사진이나 폴더를 여기에 놓으십시오',
    chosen: (files) => `파일 ${many(files)}를 선택했습니다.`,
  },

  setup: {
    title: '측정 설정',
    methods: '비교할 기법',
    size: '크기',
    square: '224 × 224, 비율 무시',
    kept: {
      224: '224, 비율 유지',
      320: '320, 비율 유지',
      448: '448, 비율 유지',
    },
    sizeHint: '신경망이 보는 사진의 크기입니다. 논문에서는 모든 사진을 정사각형으로 변형합니다. 나머지 크기는 짧은 변의 길이입니다.',
    inSquare: '224 × 224로 변형',
    withShortSide: (pixels) => `짧은 변 ${pixels}픽셀`,
    curves: '곡선',
    noCurves: '없음, 가장 빠름',
    steps: {
      10: '10단계',
      20: '20단계',
      50: '50단계',
    },
    stepsHint: '삭제 곡선과 삽입 곡선입니다. 단계마다 기법별로 신경망을 두 번씩 더 실행합니다.',
    start: '평가 시작',
    startFiles: (files) => `파일 ${many(files)} 평가`,
    chooseMethod: '기법을 하나 이상 선택하십시오.',
    choosePictures: '먼저 사진을 선택하십시오.',
  },

  run: {
    progress: '진행 상황',
    cancel: '취소',
    picture: (number, all) => `사진 ${number}/${all}`,
    left: (duration) => `약 ${duration} 남음`,
    seconds: (number) => `${number}초`,
    minutes: (number) => `${number}분`,
    hours: (number) => `${number}시간`,
    on: { cpu: 'CPU', webgpu: 'WebGPU' },
    done: (files, duration, backend) => `파일 ${many(files)}, ${duration} 소요(${backend}).`,
    cancelled: (done, all) => `파일 ${many(all)} 중 ${done}개를 처리한 뒤 취소했습니다.`,
    ended: (done, all) => `파일 ${many(all)} 중 ${done}개를 처리한 뒤 중단되었습니다.`,
  },

  results: {
    title: '결과',
    csv: 'CSV 내려받기',
    means: '평균 결과, 스크롤 가능',
    meansOver: (pictures, size) => `사진 ${pictures.toLocaleString('ko')}장의 평균, ${size}`,
    only: (method, drop) => `${method}의 평균 하락률은 ${drop}입니다.`,
    lowest: (method, drop) => `평균 하락률이 가장 낮은 기법: ${method}, ${drop}.`,
    shared: (methods, drop) => `평균 하락률이 가장 낮은 기법(공동): ${methods}, ${drop}.`,
    method: '기법',
    averageDrop: '평균 하락률',
    increase: '신뢰도 증가율',
    deletionArea: '삭제 곡선 면적',
    insertionArea: '삽입 곡선 면적',
    better: { lower: '낮을수록 좋음', higher: '높을수록 좋음' },
    best: '최적',
    wins: '두 기법 간 승률, 스크롤 가능',
    winTable: {
      caption: '승률: 두 기법 가운데 각 기법의 하락률이 더 작은 사진의 비율',
      wins: '승',
      ties: '무',
      loses: '패',
      against: '상대',
    },
    every: '사진별 결과',
    everyHint: '이름을 누르면 각 맵이 사진에서 남기는 부분을 볼 수 있습니다.',
    byPicture: '사진별 결과, 스크롤 가능',
    pictureTable: {
      caption: 'Y: 전체 사진의 점수. O: 맵이 남긴 부분의 점수.',
      picture: '사진',
      class: '클래스',
      smallest: '최소 하락률',
      drop: '하락률',
      tie: '동률',
      emptyMap: (drop) => `${drop}, 빈 맵`,
    },
    leftOut: (files) => `제외된 파일 ${many(files)}`,
  },

  plots: {
    drops: '사진별로 잃은 점수의 비율',
    dropsHint: '표시 하나가 사진 한 장이며, 선은 평균입니다. 0%는 잃은 것이 없음을, 100%는 남은 것이 없음을 뜻합니다.',
    dropsTitle: '기법별 하락률',
    dropsAxis: '잃은 점수의 비율',
    dropsOf: ({ method, mean, least, most, none, all }) =>
      `${method}: 평균 ${mean}, 최소 ${least}, 최대 ${most}. 사진 ${all}장 중 ${none}장은 점수를 잃지 않았습니다.`,
    mean: (mean) => `평균 ${mean}`,
    loseNothing: (none, all) => `${all}장 중 ${none}장은 하락 없음`,
    lines: '곡선 범례',
    deletion: '삭제: 낮을수록 좋음',
    deletionHint: '맵의 값이 높은 픽셀부터 검게 지울 때의 평균 점수입니다.',
    deletionTitle: '삭제 곡선',
    deletionAxis: '지운 픽셀의 비율',
    insertion: '삽입: 높을수록 좋음',
    insertionHint: '같은 순서로 검은 사진에 픽셀을 채워 넣을 때의 평균 점수입니다.',
    insertionTitle: '삽입 곡선',
    insertionAxis: '채워 넣은 픽셀의 비율',
    curveOf: ({ method, area, beginning, halfway, end }) =>
      `${method}: 면적 ${area}. 시작 ${beginning}, 중간 ${halfway}, 끝 ${end}.`,
  },

  closeup: {
    close: '닫기',
    making: '가린 사진을 만드는 중…',
    theWhole: '전체 사진',
    whole: '전체 사진',
    score: (score) => `점수 ${score}`,
    scoreAndDrop: (score, drop) => `점수 ${score}, 하락률 ${drop}`,
    leaves: (method) => `${method} 맵이 남기는 부분`,
    scoreOf: (label) => `점수는 ${label} 클래스의 점수입니다.`,
  },

  bench: {
    page: 'gradlens: 이 기기에서는 얼마나 빠른가?',
    question: '이 기기에서는 얼마나 빠른가?',
    title: '이 기기에서 gradlens는 얼마나 빠릅니까?',
    lede: '이 기기에 있는 백엔드마다 예제 사진의 맵을 만들고 시간을 잽니다. 결과는 어디에도 전송되지 않으며, 원하면 복사할 수 있습니다.',
    start: '측정 시작',
    copy: '결과 복사',
    copied: '결과를 복사했습니다',
    notCopied: '브라우저가 복사를 허용하지 않습니다. 표를 직접 선택하여 복사하십시오.',
    times: '측정 시간, 스크롤 가능',
    caption: '중앙값이며, 괄호 안은 가장 짧은 시간과 가장 긴 시간입니다',
    measure: '측정 항목',
    backends: { cpu: 'CPU', webgpu: 'WebGPU' },
    measures: {
      load: '신경망 불러오기',
      first: '첫 번째 맵',
      map: '새 사진의 맵',
      next: '같은 사진의 다른 클래스',
      many: '새 사진의 여덟 클래스',
      fine: '448 × 448 크기의 맵',
    },
    once: (time) => `${time}ms`,
    range: (median, least, most) => `${median}ms (${least}–${most})`,
    step: (backend, what) => `${backend}: ${what}`,
    machine: {
      browser: '브라우저',
      cores: '논리 코어 수',
      adapter: 'WebGPU 어댑터',
      none: '없음(CPU만 측정했습니다)',
      unnamed: '브라우저가 이름을 알려 주지 않는 어댑터',
      software: (name) => `${name}(소프트웨어 방식이며 CPU 백엔드보다 느립니다)`,
    },
    hint: '한 변이 224픽셀인 정사각형 사진의 Grad-CAM++를 픽셀부터 수치까지 계산한 시간입니다. 불러오기에는 브라우저가 보관하지 않은 파일의 내려받기가 포함됩니다.',
  },

  measured: {
    title: '측정하는 것',
  },
};
